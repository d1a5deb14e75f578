"""The people of the demo's world. Their password is "demo"."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Someone with an account: address without its domain, pen name, the work they do, what they bring and look for."""

    name: str
    pen_name: str
    work: str
    field: str
    can_help: str = ""
    looking_for: str = ""
    language: str = "ko"
    zone: str = "Asia/Seoul"
    hello: str = ""


HOST = Person("host", "정은혜", "출판 편집자", "education", "글의 순서를 같이 잡아 드려요", "조용한 분들의 이야기")
PARTNER = Person("partner", "한상우", "배관 현장 소장", "making", "현장 기록을 남기는 습관", "일지를 덜 쓰는 방법")
MEMBER = Person(
    "member",
    "배소라",
    "전주에서 안경점 운영",
    "marketing",
    "단골에게 연락하는 말투",
    "재고 정리",
    hello="손님께 보내는 문자를 덜 귀찮게 만들고 싶어요.",
)
NEWCOMER = Person("newcomer", "오유나", "미용실 원장", "marketing")
ADMIN = Person("admin", "운영자", "두루를 돌보는 사람", "research")
CHECKER = Person("admin2", "둘째 운영자", "정산을 같이 보는 사람", "finance")
ENGLISH_HOST = Person(
    "daniel",
    "Daniel Cho",
    "technical writer, Seattle",
    "research",
    "shorter sentences",
    "writing with a team",
    "en",
    "America/Los_Angeles",
)
COOK = Person("misook", "강미숙", "반찬가게 사장", "food", "제철 반찬", "혼자 먹기 싫은 저녁")

# Who joined the second cohort of "내 일에 AI 쓰기" beside MEMBER; the first ten had been in the first one too.
MEMBERS = [
    Person(
        "jungho",
        "박정호",
        "을지로에서 19년째 인쇄소 운영",
        "finance",
        "영수증 정리",
        "",
        hello="분기마다 사흘을 장부에 써요.",
    ),
    Person("minji", "이민지", "초등 교사", "education", "아이들 글에 답장 쓰기", "", hello="독서록 답장이 밀려요."),
    Person(
        "kyungmin",
        "조경민",
        "물류 배차 담당",
        "automation",
        "엑셀 표",
        "",
        hello="새벽 배차표를 자동으로 만들고 싶어요.",
    ),
    Person(
        "seoyeon", "김서연", "병동 간호사", "health", "쉬운 말로 설명하기", "", hello="퇴원 안내문이 너무 어려워요."
    ),
    Person("hana", "신하나", "구청 주무관", "research", "민원 분류", "", hello="전화 민원 석 달 치가 쌓여 있어요."),
    Person("donghyun", "최동현", "간판 디자이너, 부산", "design", "시안 그리기", "", hello="시안을 덜 만들고 싶어요."),
    Person("jaehoon", "윤재훈", "과학 교사, 원주", "education", "실험 준비", "", hello="시약장 점검표부터 바꿀래요."),
    Person("nari", "유나리", "세무사", "finance", "장부 보는 법", "", hello="사장님들께 쉽게 설명하고 싶어요."),
    Person(
        "youngsook",
        "노영숙",
        "은퇴한 국어 교사",
        "education",
        "천천히 읽어 드려요",
        "",
        hello="컴퓨터가 아직 낯설어요.",
    ),
    Person("hyejin", "문혜진", "꽃집 운영, 전주", "food", "꽃 이름", "", hello="예약 메모가 흩어져 있어요."),
    Person("junseo", "황준서", "공구상", "making", "재고 세기", "", hello="재고 수첩을 옮기고 싶어요."),
    Person(
        "jiwon", "서지원", "새벽반 요가 강사", "health", "아침에 일어나기", "", hello="회원 안내를 덜 반복하고 싶어요."
    ),
]
ENGLISH_MEMBERS = [
    Person("amara", "Amara Okafor", "dental clinic manager, Leeds", "health", "", "", "en", "Europe/London"),
    Person("grace", "Grace Lim", "night shift nurse lead, Singapore", "health", "", "", "en", "Asia/Singapore"),
]

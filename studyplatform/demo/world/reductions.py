"""What makes a seat cheaper: scholarships asked for, given and not given, credit a host promises, codes."""

import datetime

from cohorts.models import Credit, ScholarshipApplication
from cohorts.services import coupons, credits, scholarships
from studyplatform.demo.world import data
from studyplatform.demo.world.ids import id_of
from studyplatform.demo.world.world import World

KEY = "work-3"
FOR_WHOM = "혼자 아이를 키우거나, 일을 쉬고 있거나, 시급으로 일하는 분. 왜 필요한지 한 줄이면 돼요."
# Who asks, how many days ago, with which words, and what the host answers: so many per cent off, or no.
ASKS = (
    ("okja", 4, "청소 일을 시급으로 해요. 층마다 다른 약품 쓰는 법을 말로 적어 두고 싶어요.", 50, "꼭 오세요. 열네 층 이야기 기다릴게요."),
    ("sanghun", 3, "쌍둥이 돌 지나고 육아휴직 중이에요.", 0, "이번에는 자리가 모자라 못 드렸어요. 11기 때 먼저 연락드릴게요."),
    ("mija", 1, "방문 요양 일을 하는데 이번 달에 두 집이 끊겼어요. 기록 쓰는 시간을 줄여 보고 싶어요.", None, ""),
)  # fmt: skip
CREDIT = (
    ("member", 30_000, "셋째 모임에서 안경테 고르는 법을 보여 주셔서 고마워요."),
    ("hyejin", 15_000, "꽃집 문자 사례, 다들 따라 해 봤대요."),
)
LASTS = datetime.timedelta(days=90)


def plan(world: World) -> None:
    """Write into the diary what the host offers, who asks, and what is answered."""
    diary = world.diary
    diary.write(diary.at(-11, 10), _offer, world)
    for name, days, words, percent, answer in ASKS:
        diary.write(diary.at(-days, 13), _ask, world, name, words)
        if percent is not None:
            diary.write(diary.at(1 - days, 9, 30), _answer, world, name, percent, answer)
    for name, amount, words in CREDIT:
        diary.write(diary.at(-1, 11), _promise, world, name, amount, words)


def _offer(world: World) -> None:
    host, cohort = world.people["host"], world.cohorts[KEY]
    scholarships.offer(host, cohort, places=2, percent=50, for_whom=FOR_WHOM)
    soon = world.diary.at(12, 23, 59)
    coupons.make(cohort.study, "NEIGHBOR10", percent=10, limit=30, carried_by="한상우")
    fixed: data.Data = {"amount": 20_000, "currency": cohort.currency, "cohort": cohort, "ends_at": soon}
    coupons.make(cohort.study, "SEEYOUAGAIN", limit=20, **fixed)


def _ask(world: World, name: str, words: str) -> None:
    scholarships.ask(world.people[name], world.cohorts[KEY], words)


def _answer(world: World, name: str, percent: int, words: str) -> None:
    host = world.people["host"]
    asked = ScholarshipApplication.objects.get(scholarship=world.cohorts[KEY].pk, person=world.people[name])
    if percent:
        scholarships.grant(host, asked, percent=percent, words=words)
    else:
        scholarships.decline(host, asked, words=words)


def _promise(world: World, name: str, amount: int, words: str) -> Credit:
    study, ends_at = world.cohorts[KEY].study, world.diary.clock.moment + LASTS
    promise: data.Data = {"currency": "KRW", "words": words, "key": id_of(f"credit:{name}"), "ends_at": ends_at}
    return credits.give(world.people["host"], world.people[name], study, amount, **promise)

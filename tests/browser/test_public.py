"""Public pages as a visitor meets them: both widths, both schemes, both languages, without script, on slow lines."""

from typing import Any

import pytest
from playwright.sync_api import expect

from cohorts.models import Cohort, Study
from cohorts.services import seats
from showcase.services import case_studies
from studyplatform.accounts.models import User
from tests.browser.conftest import DESK, PHONE
from tests.browser.looking import Looker
from tests.people import enroll, make_cohort, make_person
from tests.showcase.make import post

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "반찬가게 재료비도 사진 한 장이면 돼요, 그런데 각도와 조명이 생각보다 훨씬 중요했어요: 여섯 번 다시 찍은 기록"
BODY = (
    "<h2>두 번은 실패했어요</h2><p>여섯 장씩 <strong>까만 종이 위에</strong> 놓고 찍었더니 그제야 읽혔어요.</p>"
    "<ul><li>금요일마다 찍어요.</li></ul><blockquote><p>지우려다가 둔 문장이에요.</p></blockquote>"
    '<pre class="prompt">사진에 <mark>영수증</mark>이 여섯 장 있어요. 한 장을 한 줄로 옮겨 주세요.</pre>'
    "<table><tbody><tr><th>하던 일</th><th>전에 걸리던 시간</th><th>지금</th></tr>"
    "<tr><td>영수증 찾기와 펴기</td><td>11시간</td><td>2시간</td></tr></tbody></table>"
)
RECIPE = {
    "tools": ["엑셀"],
    "steps": ["찍어요", "올려요"],
    "inputs": "한 줄로 옮겨 주세요",
    "time": "반나절",
    "failed": "서른 장씩",
}
COMBINATIONS = [(PHONE, "light", "en"), (PHONE, "dark", "ko"), (DESK, "dark", "en"), (DESK, "light", "ko")]
SITE = ("", "studies/", "studies/?show=past", "showcase/", "how-it-works/", "refund-policy/", "help/", "privacy/")


@pytest.fixture
def town(cohort: Cohort, member: User, stranger: User) -> dict[str, str]:
    """Every kind of public page, with people and posts in it; returns their addresses by name."""
    study = cohort.study
    Study.objects.filter(pk=study.pk).update(
        for_whom="되풀이하는 일이 있는 분\n혼자 하다 그만둔 분",
        not_for="자격증이 필요한 분",
        host_words="저는 가르치지 않아요.",
    )
    place = member.enrollments.get()
    posts = [post(member, title=f"새벽 배차표 {n}", html=BODY, recipe=RECIPE, enrollment_id=place.pk) for n in range(4)]
    remix = post(stranger, title=LONG, html=BODY, parent=posts[0], field="food")
    english = post(stranger, title="A rota my night staff can read", language="en", html=BODY)
    gone = post(member, title="지운 글")
    case_studies.remove(gone, member)
    full = make_cohort(study, capacity=1, amount=0, subgroups=0)
    enroll(make_person("first", "먼저"), full)
    last = make_cohort(study, capacity=1, subgroups=0)
    seats.hold(make_person("paying", "결제하는 이"), last)
    over = make_cohort(study, subgroups=0, state=Cohort.State.FINISHED)
    off = make_cohort(study, subgroups=0, state=Cohort.State.CALLED_OFF)
    named = {"cohort": cohort, "full": full, "last": last, "over": over, "off": off, "study": study}
    named |= {"case": posts[0], "remix": remix, "english": english}
    return {**{name: row.get_absolute_url() for name, row in named.items()}, "gone": f"/showcase/{gone.public_id}/"}


def some(town: dict[str, str], language: str) -> list[tuple[str, int]]:
    """One page of each kind: what differs between schemes and widths shows there."""
    prefix = "/" if language == "ko" else "/en/"
    chosen = [prefix, f"{prefix}studies/", f"{prefix}showcase/", f"{prefix}help/", "/accounts/signup/"]
    return [(address, 200) for address in [*chosen, *(town[name] for name in ("study", "cohort", "full", "remix"))]]


def everything(town: dict[str, str], language: str) -> list[tuple[str, int]]:
    prefix = "/" if language == "ko" else "/en/"
    pages = [(f"{prefix}{one}", 200) for one in SITE]
    pages += [(address, 410 if name == "gone" else 200) for name, address in town.items()]
    pages += [(f"/accounts/{one}/", 200) for one in ("login", "signup", "login/code", "password/reset")]
    return [*pages, (f"{prefix}nowhere/", 404)]


@pytest.mark.parametrize(("viewport", "scheme", "language"), COMBINATIONS)
def test_every_page_is_well(
    browse: Any, town: dict[str, str], viewport: dict[str, int], scheme: str, language: str
) -> None:
    """Nothing serious for axe, no complaint, nothing blocked or failed, nothing moves, nothing spills over."""
    locale = {"ko": "ko-KR", "en": "en-GB"}[language]
    looker = Looker(browse(viewport=viewport, color_scheme=scheme, locale=locale, timezone_id="America/New_York"))
    pages = everything if viewport == PHONE and scheme == "light" else some
    for address, status in pages(town, language):
        looker.open(address, status).look()
    looker.well()


def test_nothing_moves_for_somebody_signed_in(browse: Any, town: dict[str, str], member: User) -> None:
    """The menu with their face and the seats come late, into places kept for them."""
    for viewport in (PHONE, DESK):
        context = browse(member, viewport=viewport)
        looker = Looker(context)
        looker.open("/home/")  # brings the hint that somebody is signed in
        for address in ("/", town["cohort"], town["full"], town["case"], "/showcase/"):
            looker.open(address).stands_still().fits()
            expect(looker.page.locator(".site-tools .avatar").first).to_be_attached()
        looker.well()


def test_the_narrowest_phone_and_wider_letters(browse: Any, town: dict[str, str]) -> None:
    looker = Looker(browse(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True))
    for address, status in [*everything(town, "ko"), ("/en/", 200), ("/en/showcase/", 200)]:
        looker.open(address, status).fits().is_easy_to_touch().fits_with_wider_spacing()
    looker.well()


def test_without_script_a_visitor_gets_to_the_door(browse: Any, town: dict[str, str]) -> None:
    page = browse(java_script_enabled=False).new_page()
    page.goto("/")
    expect(page.locator("[data-theme-switch]")).to_be_hidden()
    page.locator("summary").first.click()
    page.locator(".menu-list a[href='/showcase/']").click()
    page.locator(f".story a[href='{town['case']}']").click()
    page.locator("aside a[href*='/studies/ai-at-work/cohorts/']").click()
    assert "?from=" in page.url
    page.locator("summary").nth(2).click()
    page.locator(".price a[href$='/join/']").click()
    expect(page.locator("form [name=terms]")).to_be_visible()


def test_the_bar_on_phones_says_what_the_price_box_says(browse: Any, town: dict[str, str]) -> None:
    page = browse().new_page()
    for name in ("full", "last"):
        page.goto(town[name], wait_until="networkidle")
        words = page.locator(".price [data-short]").get_attribute("data-short")
        expect(page.locator(".joinbar small")).to_have_text(words or "-")
        assert page.locator(".joinbar a").get_attribute("class") == "btn btn-primary"
    page.goto(town["cohort"], wait_until="networkidle")
    expect(page.locator(".joinbar a.btn-primary")).to_be_visible()


def test_times_are_told_in_the_readers_zone(browse: Any, cohort: Cohort) -> None:
    """20:00 in Seoul is 11:00 in London; who lives in Seoul reads one time only."""
    away = browse(timezone_id="Europe/London", locale="en-GB").new_page()
    away.goto(cohort.get_absolute_url())
    expect(away.locator(".facts time").first).to_contain_text("20:00")
    expect(away.locator(".facts time .local-time").first).to_contain_text("11:00")
    home = browse(timezone_id="Asia/Seoul").new_page()
    home.goto(cohort.get_absolute_url())
    expect(home.locator(".local-time")).to_have_count(0)


def test_the_light_switch_is_kept(browse: Any, cohort: Cohort) -> None:
    page = browse(color_scheme="light").new_page()
    page.goto("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator("[data-theme-switch]").click()
    assert page.evaluate(paper) != light
    page.goto("/showcase/")
    assert page.evaluate(paper) != light


ELSEWHERE = {
    "front": "/",
    "studies": "/studies/",
    "showcase": "/showcase/",
    "how": "/how-it-works/",
    "terms": "/terms/",
    "sign in": "/accounts/login/",
    "sign up": "/accounts/signup/",
    "nowhere": "/nowhere/",
}
WEIGHTS = {  # answers, and kilobytes of page, styles, scripts and fonts as a server that compresses sends them
    "front": (7, 18),
    "studies": (7, 17),
    "study": (9, 18),
    "cohort": (12, 20),
    "full": (12, 20),
    "over": (12, 19),
    "showcase": (12, 18),
    "case": (9, 19),
    "how": (7, 18),
    "terms": (7, 18),
    "sign in": (7, 16),
    "sign up": (8, 22),
    "join": (7, 18),
    "nowhere": (8, 16),
    "gone": (10, 17),
}


def test_pages_are_light(browse: Any, town: dict[str, str]) -> None:
    """Each kind of page takes no more answers and bytes than when somebody last looked; more needs a reason."""
    town["join"] = f"{town['cohort']}join/"
    heavy = []
    for name, (answers, kilobytes) in WEIGHTS.items():
        status = {"nowhere": 404, "gone": 410}.get(name, 200)
        looker = Looker(browse()).open(ELSEWHERE.get(name) or town[name], status).stands_still()
        count, size = looker.weight()
        if count > answers or size > kilobytes * 1024:
            heavy.append(f"{name}: {count} answers of {answers}, {size / 1024:.1f} kB of {kilobytes}")
        looker.well()
    assert not heavy, "\n".join(heavy)

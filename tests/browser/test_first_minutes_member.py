"""A member's first five minutes on a phone: a case study by somebody with the same work, its branches, the open
cohort, a Thursday group, an account on the way, paid, and greeted by name. Screens and taps are counted."""

from typing import Any

import pytest
from playwright.sync_api import Frame

from cohorts.models import Cohort, Enrollment, Subgroup
from showcase.models import CaseStudy
from studyplatform.kit import money
from tests.browser.walk import LANGUAGE, ZONE, Walker
from tests.people import enroll, lead, make_person
from tests.showcase.make import post

pytestmark = pytest.mark.django_db(transaction=True)

CARD = "4242424242424242"
SCREENS, TAPS, TYPED = 8, 11, 4  # from the case study to “you are in”; typed: name, e-mail, password, code
RECIPE = {"tools": ["Excel"], "steps": ["Photograph", "Read"], "inputs": "Make a table of this."}


class Counting(Walker):
    """A walker that counts what a thumb does and which screens it meets."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.taps, self.typed = 0, 0
        self.screens: list[str] = []
        self.page.on("framenavigated", self._came)

    def _came(self, frame: Frame) -> None:
        if frame == self.page.main_frame and "#" not in frame.url:
            address = frame.url.partition("?")[0]
            self.screens += [address] if self.screens[-1:] != [address] else []

    def press(self, sentence: str, **values: Any) -> "Counting":
        self.taps += 1
        super().press(sentence, **values)
        return self

    def fill(self, **fields: Any) -> "Counting":
        self.taps += sum(value is True for value in fields.values())
        self.typed += sum(value is not True for value in fields.values())
        super().fill(**fields)
        return self

    def pay(self, card: str) -> "Counting":
        self.taps += 1  # a card that the phone knows
        super().pay(card)
        return self


@pytest.fixture
def family(cohort: Cohort) -> dict[str, CaseStudy]:
    """A case study out of the open cohort, a remix of it, and others in its field and out of it."""
    people = [make_person(f"writer-{n}", f"글쓴이 {n}") for n in range(4)]
    seats = [enroll(person, cohort).pk for person in people[:2]]
    first = post(people[0], title="영수증을 표로", field="finance", recipe=RECIPE, enrollment_id=seats[0])
    near = post(people[1], title="가계부를 표로", field="finance", enrollment_id=seats[1])
    remix = post(people[2], title="전표를 표로", field="finance", parent=first)
    far = post(people[1], title="화단 물 주기", field="making", enrollment_id=seats[1])
    return {"first": first, "near": near, "remix": remix, "far": far}


@pytest.fixture
def tables(cohort: Cohort) -> Subgroup:
    """Six subgroups on two days; the second of Thursday is the one to pick."""
    for n in range(4):
        Subgroup.objects.create(
            cohort=cohort, position=5 + n, topic=f"화요일 {n}", weekday=1, meets_at="20:00", capacity=2
        )
    picked = cohort.subgroups.get(position=1)
    lead(make_person("table-lead", "이민지"), picked)
    return picked


@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_a_case_study_to_a_seat(
    browse: Any, cohort: Cohort, family: dict[str, CaseStudy], tables: Subgroup, stripe: Any, language: str
) -> None:
    cohort.study.language = language
    cohort.study.save(update_fields=["language"])
    CaseStudy.objects.update(language=language)
    walker = Counting(browse(locale=LANGUAGE[language], timezone_id=ZONE[language], has_touch=True), language)
    amount = money.show(150_000, "KRW", language)

    walker.go(family["first"].get_absolute_url())
    walker.sees("Do it yourself").sees_text("Make a table of this.").sees("Connected posts").sees_text("전표를 표로")
    walker.well()
    walker.page.get_by_role("link", name=cohort.study.title).last.click()
    walker.taps += 1
    walker.sees("What you read, and what is close to it")
    stories = walker.page.locator("section:has(#proof) h3").all_inner_texts()
    assert stories == ["영수증을 표로", "가계부를 표로", "화단 물 주기"]

    walker.page.get_by_role("link", name=walker.say("Thursday")).first.click()
    walker.taps += 1
    walker.page.get_by_role("link", name=walker.say("Sit down at “%(topic)s”", topic=tables.topic)).click()
    walker.taps += 1
    assert walker.page.locator("[name=subgroup]:checked").get_attribute("value") == str(tables.pk)
    walker.fill(terms=True).press("Go on and pay %(amount)s", amount=amount)
    walker.sees("Make an account").sign_up("newcomer@example.com", "오유나")
    walker.sees("%(name)s, one step is left", name="오유나").well()
    walker.press("Go on and pay %(amount)s", amount=amount).pay(CARD)
    walker.sees("%(name)s, you are in %(run)s", name="오유나", run=walker.run(1)).sees_text("이민지").well()

    met = {"screens": walker.screens, "taps": walker.taps, "typed": walker.typed}
    assert len(walker.screens) <= SCREENS, met
    assert walker.taps <= TAPS, met
    assert walker.typed <= TYPED, met
    place = Enrollment.objects.get(person__email="newcomer@example.com")
    assert (place.came_from_kind, place.came_from_id) == ("case_study", family["first"].public_id)
    assert place.memberships.get(until=None).subgroup == tables
    walker.go("/home/").sees("%(name)s, next: %(step)s", name="오유나", step=walker.say("Take a turn")).well()

"""From a front page to a paid seat on a phone: found, read, chosen, an account on the way, paid, welcomed by people."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from cohorts.models import Cohort, Enrollment
from payments.models import Payment
from studyplatform.kit import money
from tests.browser.walk import LANGUAGE, ZONE, Walker
from tests.people import enroll, make_cohort, make_person

pytestmark = pytest.mark.django_db(transaction=True)

OK, DECLINED, POOR, ASKS = "4242424242424242", "4000000000000002", "4000000000009995", "4000002500003155"
HELLO = {"ko": "미용실을 해요. 예약 문자를 덜 쓰고 싶어요.", "en": "I run a salon and write too many reminders."}
BOTH = pytest.mark.parametrize("language", ["ko", "en"])


@pytest.fixture
def lively(cohort: Cohort) -> Cohort:
    """The open cohort, its study and people in the visitor's reach: two members who said who they are."""
    for name, line in (("minji", "초등 교사예요. 독서록 답장이 밀려요."), ("hana", "구청에서 민원 전화를 받아요.")):
        place = enroll(make_person(name, name.title()), cohort)
        place.introduction = line
        place.save(update_fields=["introduction"])
    return cohort


def speak(cohort: Cohort, language: str) -> None:
    cohort.study.language = language
    cohort.study.save(update_fields=["language"])


def choose(walker: Walker, cohort: Cohort, language: str) -> Walker:
    """Find the cohort, read its page, choose a subgroup and agree."""
    amount = money.show(150_000, "KRW", language)
    walker.go("/" if language == "ko" else "/en/").sees_text(cohort.study.title)
    walker.page.get_by_role("link", name=cohort.study.title).first.click()
    walker.sees_text(amount).sees("What comes back if I leave?").sees_text("한상우")
    walker.press("Join %(run)s", run=walker.run(1))
    walker.fill(subgroup=cohort.subgroups.first().pk, introduction=HELLO[language], terms=True)
    return walker.press("Go on and pay %(amount)s", amount=amount)


@BOTH
def test_a_visitor_joins_and_is_met_by_people(browse: Any, lively: Cohort, stripe: Any, language: str) -> None:
    speak(lively, language)
    walker = Walker(browse(locale=LANGUAGE[language], timezone_id=ZONE[language]), language)
    choose(walker, lively, language)
    walker.sees("Make an account").sign_up("newcomer@example.com", "오유나")
    walker.sees_text(HELLO[language]).press("Go on and pay %(amount)s", amount=money.show(150_000, "KRW", language))
    assert walker.page.url.startswith(stripe.address)
    walker.pay(OK).sees("%(name)s, you are in %(run)s", name="오유나", run=walker.run(1))
    walker.sees("%(name)s, your partner", name="한상우").sees_text("반가워요. 목요일에 만나요.")
    walker.sees_text("독서록 답장이 밀려요.").sees_text("구청에서 민원 전화를 받아요.")
    walker.sees("First session").sees("Put it in my calendar").sees_text(money.show(150_000, "KRW", language))
    walker.well()

    place = Enrollment.objects.get(person__email="newcomer@example.com")
    assert (place.state, place.introduction) == ("active", HELLO[language])
    assert lively.subgroups.first().memberships.filter(enrollment=place, until=None).count() == 1
    again = walker.go(f"/studies/{lively.study.slug}/cohorts/1/join/")
    again.sees("You are already in")


@BOTH
def test_cards_that_do_not_work_keep_the_seat_and_say_why(
    browse: Any, lively: Cohort, stripe: Any, stranger: Any, language: str
) -> None:
    speak(lively, language)
    stranger.language = language
    stranger.save(update_fields=["language"])
    walker = Walker(browse(stranger, locale=LANGUAGE[language], timezone_id=ZONE[language]), language)
    choose(walker, lively, language).pay(DECLINED)
    back = Payment.objects.get()
    walker.go(f"/checkout/{back.public_id}/return/").sees("The card was refused")
    walker.press("Try another card").pay(POOR)
    walker.go(f"/checkout/{back.public_id}/return/").sees("There is not enough money on this card")
    assert Enrollment.objects.get(person=stranger).state == "held"
    walker.press("Try another card").pay(ASKS).page.locator("button[value=approve]").click()
    walker.sees("%(name)s, you are in %(run)s", name=stranger.name, run=walker.run(1))


@BOTH
def test_letting_the_seat_go_frees_it(browse: Any, lively: Cohort, stripe: Any, stranger: Any, language: str) -> None:
    stranger.language = language
    stranger.save(update_fields=["language"])
    speak(lively, language)
    walker = Walker(browse(stranger, locale=LANGUAGE[language], timezone_id=ZONE[language]), language)
    lively.seats.refresh_from_db()
    taken = lively.seats.taken
    choose(walker, lively, language)
    lively.seats.refresh_from_db()
    assert lively.seats.taken == taken + 1
    walker.go(f"/checkout/{Payment.objects.get().public_id}/return/?cancelled=1").press("Let the seat go")
    lively.seats.refresh_from_db()
    assert lively.seats.taken == taken
    walker.well()


@BOTH
def test_a_free_cohort_goes_the_same_way_without_a_payment(
    browse: Callable[..., BrowserContext], study: Any, stranger: Any, language: str
) -> None:
    free = make_cohort(study, amount=0, subgroups=0)
    speak(free, language)
    stranger.language = language
    stranger.save(update_fields=["language"])
    walker = Walker(browse(stranger, locale=LANGUAGE[language], timezone_id=ZONE[language]), language)
    walker.go(free.get_absolute_url()).sees("Free").press("Join %(run)s", run=walker.run(1))
    walker.fill(terms=True).press("Take my seat")
    walker.sees("%(name)s, you are in %(run)s", name=stranger.name, run=walker.run(1))
    walker.sees("Your seat is yours").well()


@BOTH
def test_sold_out_and_closed_say_so(browse: Any, study: Any, stranger: Any, language: str) -> None:
    stranger.language = language
    stranger.save(update_fields=["language"])
    full = make_cohort(study, capacity=1, subgroups=0)
    speak(full, language)
    enroll(make_person("first", "먼저"), full)
    walker = Walker(browse(stranger, locale=LANGUAGE[language], timezone_id=ZONE[language]), language)
    walker.go(full.get_absolute_url()).sees("All seats are taken.")
    walker.go(f"{full.get_absolute_url()}join/").sees("Every seat is taken")
    full.state = "closed"
    full.save(update_fields=["state"])
    walker.go(f"{full.get_absolute_url()}join/").sees_not("Go on and pay")
    walker.well()

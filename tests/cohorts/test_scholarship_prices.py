"""What a scholarship costs: alone, the lowest counts, never two on one seat; its deadline, and what comes after it."""

import datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts import pricing
from cohorts.models import Cohort, Coupon, Enrollment, Price, Scholarship, ScholarshipApplication
from cohorts.services import coupons, prices, scholarships, seats, waiting
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from tests.cohorts.hosting import text
from tests.cohorts.scholars import WORDS, ask
from tests.cohorts.waiting_line import full
from tests.payments.buying import LocalStripe, begin, join, join_url, run_out
from tests.payments.conftest import local_stripe, stripe  # noqa: F401
from tests.people import make_cohort, sign_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("amount", "currency", "percent", "price"),
    [
        (150_000, "KRW", 50, 75_000),
        (150_001, "KRW", 33, 100_501),
        (150_000, "KRW", 100, 0),
        (10_000, "KRW", 99, 1_000),  # never below the least price
        (9_999, "USD", 50, 4_999),
        (5_000, "JPY", 99, 100),
    ],
)
def test_what_a_yes_costs(
    study: Any, host: User, stranger: User, amount: int, currency: str, percent: int, price: int
) -> None:
    made = make_cohort(study, amount=amount, currency=currency)
    scholarships.offer(host, made, places=1, percent=10)
    row = scholarships.grant(host, scholarships.ask(stranger, made, WORDS), percent=percent)
    assert row.price == price == seats.hold(stranger, made).price


@pytest.mark.parametrize(
    ("early", "code", "pays", "kind"),
    [
        (None, "", 75_000, "scholarship"),
        (120_000, "", 75_000, "scholarship"),  # instead of the early price, not after it
        (60_000, "", 60_000, "early_bird"),  # the lowest counts
        (60_000, "HALF", 30_000, "early_bird"),
        (None, "MOST", 15_000, "standard"),  # a code that is lower takes its place
    ],
)
def test_it_stands_alone_and_the_lowest_counts(
    yes: ScholarshipApplication, stranger: User, cohort: Cohort, early: int | None, code: str, pays: int, kind: str
) -> None:
    if early:
        prices.set_for(cohort, 150_000, pricing.Early(amount=early, until=None, first=3))
    for name, percent in (("HALF", 50), ("MOST", 90)):
        coupons.make(cohort.study, name, percent=percent, limit=5)
    shown = sign_in(stranger).post(join_url(cohort), {"coupon": code, "apply": "1"})
    row = seats.hold(stranger, cohort, coupon=code)
    assert (row.price, row.price_kind) == (pays, kind)
    assert shown.context["price"] == pays
    assert Price.objects.filter(kind="early_bird", used__gt=0).exists() == (kind == "early_bird")
    assert Coupon.objects.filter(used__gt=0).exists() == bool(code)


def test_a_code_beside_it_that_is_not_lower_is_refused_and_not_used(
    yes: ScholarshipApplication, stranger: User, cohort: Cohort
) -> None:
    coupons.make(cohort.study, "FRIEND10", percent=10, limit=5)
    browser = sign_in(stranger)
    shown = browser.post(join_url(cohort), {"coupon": "FRIEND10", "apply": "1"})
    assert "stands alone" in shown.context["trouble"]
    assert shown.context["price"] == 75_000
    again = join(browser, cohort, coupon="FRIEND10")
    assert (again.status_code, bool(again.context["form"].errors["coupon"])) == (409, True)
    assert Coupon.objects.get().used == 0
    assert not Enrollment.objects.filter(person=stranger).exists()


def test_who_joins_late_pays_no_more_than_the_sessions_to_come(
    yes: ScholarshipApplication, stranger: User, cohort: Cohort
) -> None:
    with time_machine.travel(cohort.sessions.order_by("starts_at")[2].starts_at + DAY):
        Cohort.objects.update(closes_at=timezone.now() + DAY)
        ScholarshipApplication.objects.update(until=timezone.now() + DAY)
        assert seats.hold(stranger, cohort).price == 37_500  # one of four: less than 75,000


def test_nobody_else_has_the_price(yes: ScholarshipApplication, other_host: User, cohort: Cohort) -> None:
    assert seats.hold(other_host, cohort).price == 150_000
    assert seats.hold(yes.person, make_cohort(cohort.study)).price == 150_000


def test_the_price_box_says_so_to_them_alone(
    yes: ScholarshipApplication, stranger: User, other_host: User, cohort: Cohort
) -> None:
    address = reverse("seats_fragment", args=[cohort.study.slug, cohort.number])
    for person, says in ((stranger, True), (other_host, False)):
        browser = sign_in(person)
        browser.cookies["signed_in"] = "1"
        assert ("75,000" in text(browser.get(address))) == says


def lapse() -> None:
    queue.drain("cohorts.drain_scholarships")


def test_a_price_not_used_in_time_makes_its_place_free_once(
    yes: ScholarshipApplication, stranger: User, cohort: Cohort
) -> None:
    assert yes.until
    with time_machine.travel(yes.until - DAY):
        lapse()
        assert Scholarship.objects.get().used == 1
    with time_machine.travel(yes.until + datetime.timedelta(seconds=1)):
        assert "₩150,000" in text(sign_in(stranger).get(join_url(cohort)))
        for _ in range(2):
            lapse()
        assert Scholarship.objects.get().used == 0
        assert seats.hold(stranger, cohort).price == 150_000


def test_a_seat_held_in_time_keeps_it_and_one_nobody_paid_for_gives_it_back(
    stripe: LocalStripe,  # noqa: F811
    yes: ScholarshipApplication,
    stranger: User,
    cohort: Cohort,
) -> None:
    payment = begin(sign_in(stranger), cohort)
    run_out(payment)
    seats.expire(Enrollment.objects.get(person=stranger))
    assert seats.hold(stranger, cohort).price == 75_000  # its days are not over
    ScholarshipApplication.objects.update(until=timezone.now())
    lapse()
    assert Scholarship.objects.get().used == 1  # somebody is paying
    seats.release(Enrollment.objects.get(person=stranger, state="held"), "expired")
    lapse()
    assert Scholarship.objects.get().used == 0


def test_money_that_comes_late_keeps_its_price_and_its_place(
    yes: ScholarshipApplication, stranger: User, host: User, other_host: User, cohort: Cohort
) -> None:
    Scholarship.objects.update(places=1)
    held = seats.hold(stranger, cohort)
    seats.release(held, "expired")
    ScholarshipApplication.objects.update(until=timezone.now())
    lapse()
    scholarships.grant(host, ask(other_host, cohort), percent=50)
    assert seats.settle(held)
    row = Scholarship.objects.get()
    assert (row.used, row.places) == (2, 2)


def test_who_waits_in_line_is_offered_the_seat_at_their_price(study: Any, host: User, stranger: User) -> None:
    cohort = full(study)
    scholarships.offer(host, cohort, places=1, percent=40)
    waiting.wait(stranger, cohort)
    scholarships.grant(host, scholarships.ask(stranger, cohort, WORDS), percent=40)
    seats.release(cohort.enrollments.get(state="active"), "cancelled")
    assert (offer := waiting.offer_next(cohort))
    assert (offer.person, offer.price, offer.price_kind) == (stranger, 90_000, "scholarship")


def test_a_move_to_the_later_cohort_costs_what_their_scholarship_says(
    cohort: Cohort, host: User, stranger: User
) -> None:
    from payments.services import moving
    from tests.payments.money_world import paid_seat

    later = make_cohort(cohort.study, starts_on=cohort.starts_on + 70 * DAY, closes_at=timezone.now() + 60 * DAY)
    paid_seat(stranger, cohort)
    place = Enrollment.objects.get(person=stranger)
    scholarships.offer(host, later, places=1, percent=50)
    scholarships.grant(host, scholarships.ask(stranger, later, WORDS), percent=50)
    quoted = moving.quote(place, later)
    assert quoted.price == 75_000
    moving.move(stranger, place, later, seen=quoted.word)
    assert Enrollment.objects.get(person=stranger, cohort=later).price_kind == "scholarship"


def test_programs_join_at_the_price_of_a_yes(yes: ScholarshipApplication, stranger: User, cohort: Cohort) -> None:
    from tests.api.test_mine import post, token
    from tests.api.test_problems import problem

    ScholarshipApplication.objects.update(price=0)
    address, key = f"/api/v1/studies/{cohort.study.slug}/cohorts/{cohort.number}/enrollments/", token(stranger, "join")
    problem(post(address, key, price=150_000, terms=True), 409, "changed")
    assert post(address, key, price=0, terms=True).json()["state"] == "active"

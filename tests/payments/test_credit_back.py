"""Credit that comes back: by the part of the seat that is given back, as credit and never as money; and that moves."""

import datetime
from functools import partial

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Credit, Enrollment, Study
from cohorts.services import cohorts, credit_uses
from payments.flows import checkout
from payments.models import Payment, Refund
from payments.services import giving, kindness, leaving, moving, payments, seat_money
from studyplatform.accounts.models import User
from studyplatform.kit import money
from studyplatform.mail.models import Letter
from tests.cohorts.credit import assert_all_is_somewhere, give, unused
from tests.cohorts.hosting import text
from tests.payments.buying import LocalStripe, assert_books_match, bought, deliver, drain, join
from tests.payments.test_moving import make_later
from tests.people import sign_in
from tests.racing import in_turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(cohort: Cohort, stranger: User) -> Credit:
    """50,000 won for somebody who was in the study."""
    return give(stranger, cohort.study, 50_000)


@pytest.mark.parametrize(("days", "money_back", "credit_back"), [(0, 100_000, 50_000), (16, 75_000, 37_500)])
def test_leaving_gives_credit_back_by_the_same_share(
    stripe: LocalStripe,
    before: int,
    cohort: Cohort,
    given: Credit,
    buyer: Client,
    days: int,
    money_back: int,
    credit_back: int,
) -> None:
    bought(stripe, buyer, cohort)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=days)):
        address = reverse("leave", args=[cohort.study.slug, cohort.number])
        page = text(sign_in(given.person).get(address))
        assert money.show(credit_back, "KRW", "en") in page
        seen = {"seen": money_back, "seen_credit": credit_back}
        assert sign_in(given.person).post(address, {**seen, "seen_credit": 0}).status_code == 409
        assert sign_in(given.person).post(address, seen).status_code == 302
    assert unused(given.person) == credit_back
    assert Refund.objects.get().amount == money_back
    assert money.show(credit_back, "KRW", "en") in Letter.objects.get(key__startswith="credit-returned").text
    assert_all_is_somewhere()


def test_later_never_gives_more(stripe: LocalStripe, cohort: Cohort, given: Credit, buyer: Client) -> None:
    place = bought(stripe, buyer, cohort)
    quotes = []
    for days in range(0, 50, 3):
        with time_machine.travel(timezone.now() + datetime.timedelta(days=days)):
            quotes.append(leaving.quote(place).credit)
    assert quotes == sorted(quotes, reverse=True)
    assert (quotes[0], quotes[-1]) == (50_000, 0)


def test_a_seat_all_on_credit_is_left_the_same_way(cohort: Cohort, stranger: User, buyer: Client) -> None:
    give(stranger, cohort.study, 150_000)
    join(buyer, cohort)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=23)):  # two of four sessions are over
        address = reverse("leave", args=[cohort.study.slug, cohort.number])
        assert "₩75,000 of your credit" in text(sign_in(stranger).get(address))
        sign_in(stranger).post(address, {"seen": 0, "seen_credit": 75_000})
    assert unused(stranger) == 75_000
    assert not Refund.objects.exists()


def test_a_part_given_back_by_the_host_brings_the_same_part(
    stripe: LocalStripe, before: int, cohort: Cohort, given: Credit, host: User, buyer: Client
) -> None:
    place = bought(stripe, buyer, cohort)
    kindness.give(host, place, 40_000, reason="미안해요.", key="abcdefghjk")
    assert unused(given.person) == 20_000
    leaving.leave(given.person, place, seen=60_000, seen_credit=30_000)
    assert unused(given.person) == 50_000
    drain()
    assert_books_match(stripe, cohort, before)
    assert_all_is_somewhere()


def test_a_refund_on_stripes_own_pages_brings_its_part(
    stripe: LocalStripe, before: int, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    bought(stripe, buyer, cohort)
    payment = Payment.objects.get()
    stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": 25_000})
    for event in stripe.events_about(payment.intent):
        deliver(event)
    drain()
    assert unused(given.person) == 12_500
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize("credit", [50_000, 150_000])
def test_a_cohort_called_off_gives_all_of_it_back(
    stripe: LocalStripe, before: int, cohort: Cohort, host: User, stranger: User, buyer: Client, credit: int
) -> None:
    soon = timezone.now() + datetime.timedelta(days=2)
    give(stranger, cohort.study, credit, ends_at=soon)
    if credit < 150_000:
        bought(stripe, buyer, cohort)
    else:
        join(buyer, cohort)
    cohorts.call_off(host, cohort)
    drain()
    assert unused(stranger) == credit
    assert Credit.objects.get().ends_at > soon  # long enough to be of use
    assert_books_match(stripe, cohort, before)


def test_what_ran_out_does_not_come_to_life_with_what_comes_back(cohort: Cohort, stranger: User, buyer: Client) -> None:
    give(stranger, cohort.study, 170_000, ends_at=timezone.now() + datetime.timedelta(days=1))
    join(buyer, cohort)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        place = Enrollment.objects.get(cohort=cohort, state="active")
        leaving.leave(stranger, place, seen=0, seen_credit=150_000)
        row = Credit.objects.get()
        assert (row.expired, row.left, row.is_over) == (20_000, 150_000, False)
        assert_all_is_somewhere()


@pytest.mark.django_db(transaction=True)
def test_what_ran_out_is_gone_once_though_two_seats_are_left_in_one_moment(
    study: Study, cohort: Cohort, stranger: User
) -> None:
    give(stranger, study, 320_000, ends_at=timezone.now() + datetime.timedelta(days=1))
    runs = [cohort, make_later(study, 150_000)]
    for run in runs:
        join(sign_in(stranger), run)
    places = list(Enrollment.objects.filter(cohort__in=runs, state="active"))
    seen = {"seen": 0, "seen_credit": 150_000}
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        leaves = [partial(leaving.leave, stranger, place, **seen) for place in places]
        assert in_turn(*leaves, table="cohorts_credit") == ["done", "done"]
        row = Credit.objects.get()
        assert (row.expired, row.left, row.is_over) == (20_000, 300_000, False)
        assert_all_is_somewhere()


def test_moving_takes_credit_along_and_counts_it(
    stripe: LocalStripe, before: int, study: Study, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    place, to = bought(stripe, buyer, cohort), make_later(study, 180_000)
    asked = moving.quote(place, to)
    assert (asked.along, asked.credit, asked.price, asked.due) == (100_000, 50_000, 130_000, 30_000)
    payment = moving.move(given.person, place, to, seen=asked.word)
    assert payment is not None
    assert unused(given.person) == 0
    payment = checkout.advance(payment)
    stripe.pay(payment.reference)
    checkout.look(payment)
    new = Enrollment.objects.get(cohort=to)
    assert (new.state, new.price, new.credit, credit_uses.used_for(new)) == ("active", 130_000, 50_000, 50_000)
    assert seat_money.room(new) == 130_000
    assert credit_uses.used_for(place) == 0
    assert not Letter.objects.filter(key__startswith="credit-returned").exists()
    leaving.leave(given.person, new, seen=130_000, seen_credit=50_000)
    assert unused(given.person) == 50_000
    drain()
    assert_books_match(stripe, to, before)
    assert_all_is_somewhere()


def test_a_cheaper_seat_gives_back_what_credit_it_does_not_use(
    stripe: LocalStripe, before: int, study: Study, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    place, to = bought(stripe, buyer, cohort), make_later(study, 30_000)
    asked = moving.quote(place, to)
    assert (asked.price, asked.credit, asked.credit_back, asked.back) == (0, 30_000, 20_000, 100_000)
    moving.move(given.person, place, to, seen=asked.word)
    assert unused(given.person) == 20_000
    assert Refund.objects.get().amount == 100_000
    drain()
    assert_books_match(stripe, cohort, before)
    assert_all_is_somewhere()


@pytest.mark.parametrize(("whole", "credit", "price"), [(False, 25_000, 50_000), (True, 50_000, 100_000)])
def test_a_host_moves_a_member_by_the_rule_or_with_everything(
    stripe: LocalStripe,
    study: Study,
    cohort: Cohort,
    given: Credit,
    host: User,
    buyer: Client,
    *,
    whole: bool,
    credit: int,
    price: int,
) -> None:
    place, to = bought(stripe, buyer, cohort), make_later(study, 150_000)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=23)):
        seen = moving.quote(place, to, whole=whole, waived=True).word
        moving.move_for(host, place, to, seen=seen, whole=whole)
    new = Enrollment.objects.get(cohort=to)
    assert (new.credit, new.price, credit_uses.used_for(new)) == (credit, price, credit)
    assert_all_is_somewhere()


def test_a_move_that_is_not_paid_leaves_credit_where_it_was(
    stripe: LocalStripe, study: Study, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    place, to = bought(stripe, buyer, cohort), make_later(study, 180_000)
    payment = moving.move(given.person, place, to, seen=moving.quote(place, to).word)
    assert payment is not None
    payments.end(payment, "expired")
    assert credit_uses.used_for(place) == 50_000
    assert leaving.quote(place).credit == 50_000


def test_credit_of_a_seat_that_was_given_goes_to_who_gave_it(
    stripe: LocalStripe, cohort: Cohort, given: Credit, buyer: Client, other_host: User
) -> None:
    gift = giving.offer(given.person, bought(stripe, buyer, cohort), name="새 이", email=other_host.email)
    new = giving.accept(other_host, gift)
    assert unused(given.person) == 0
    leaving.leave(other_host, new, seen=leaving.quote(new).amount)
    assert unused(given.person) == 50_000
    assert Letter.objects.get(key__startswith="credit-returned").recipient == given.person
    assert_all_is_somewhere()

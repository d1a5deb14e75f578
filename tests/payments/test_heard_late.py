"""Refunds made in Stripe's own pages of which we hear when a bank has taken the rest for good: together with what it
took, never more goes back than was paid.
"""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from payments.flows import refunds as flow
from payments.models import Payment, PaymentLine, Refund, StripeEvent
from payments.services import leaving, ledger, refunds, seat_money
from payments.truth import MoneyBack
from studyplatform.accounts.models import User
from tests.payments.buying import LocalStripe, assert_books_match, balance, deliver, drain, hurry
from tests.payments.disputing import PRICE, disputed, line_of
from tests.payments.test_moving import press
from tests.payments.test_refunds import at_stripe, pay
from tests.people import make_cohort

pytestmark = pytest.mark.django_db

Rows = list[tuple[int, str]]
BAD = "4000000000005126"  # its refunds come back


@pytest.fixture
def paid(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User) -> Payment:
    return pay(stripe, cohort, buyer)


def give(stripe: LocalStripe, payment: Payment, amount: int) -> None:
    """Give back at Stripe, of which nobody here hears."""
    stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": amount})


def hear_all(stripe: LocalStripe, payment: Payment) -> None:
    for event in stripe.events_about(payment.intent):
        deliver(event)
    hurry()
    drain()


def rows() -> Rows:
    return sorted(Refund.objects.exclude(state="void").values_list("amount", "state"))


@pytest.mark.parametrize(
    ("owed", "given", "taken", "left"),
    [
        (150_000, 30_000, 120_000, [(30_000, "succeeded")]),  # just what is owed by hand
        (140_000, 30_000, 120_000, [(30_000, "succeeded")]),  # 10,000 were left, 20,000 are owed
        (150_000, 10_000, 120_000, [(10_000, "succeeded"), (20_000, "manual")]),
        (100_000, 10_000, 120_000, [(10_000, "succeeded")]),  # the bank gave all that was owed
        (140_000, 30_000, 100_000, [(20_000, "manual"), (30_000, "succeeded")]),
    ],
)
def test_it_takes_the_place_of_what_is_owed_by_hand(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, owed: int, given: int, taken: int, left: Rows
) -> None:
    refunds.owe(line_of(paid), owed, "left")
    give(stripe, paid, given)
    disputed(stripe, paid, "lose", amount=taken)
    hear_all(stripe, paid)
    assert rows() == left
    line = line_of(paid)
    assert line.refunded == sum(amount for amount, _state in left)
    assert line.refunded + line.disputed <= PRICE
    assert at_stripe(stripe, paid) == [given]
    assert balance("paying") == -sum(amount for amount, state in left if state == "manual")
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize(("taken", "state"), [(120_000, "cancelled"), (100_000, "active")])
def test_a_seat_of_which_nothing_is_left_ends(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, taken: int, state: str
) -> None:
    give(stripe, paid, 30_000)
    disputed(stripe, paid, "lose", amount=taken)
    hear_all(stripe, paid)
    assert (rows(), Enrollment.objects.get().state) == ([(30_000, "succeeded")], state)
    assert seat_money.kept(payment=paid) == PRICE - 30_000 - taken
    assert_books_match(stripe, cohort, before)


def test_while_the_bank_decides_it_is_written_down_and_the_seat_stays(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort
) -> None:
    give(stripe, paid, 30_000)
    disputed(stripe, paid, amount=120_000)
    hear_all(stripe, paid)
    assert (rows(), Enrollment.objects.get().state) == ([(30_000, "succeeded")], "active")
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize(("taken", "left"), [(150_000, (0, "void")), (110_000, (40_000, "manual"))])
@pytest.mark.parametrize("ours", [True, False], ids=["ours", "elsewhere"])
def test_one_that_comes_back_after_a_bank_gave_it_is_owed_only_as_far_as_money_is_left(
    stripe: LocalStripe,
    before: int,
    cohort: Cohort,
    buyer: Client,
    admin: User,
    taken: int,
    left: tuple[int, str],
    *,
    ours: bool,
) -> None:
    """60,000 to a card that is closed; of the other, made at Stripe, nobody heard anything before the bank's end."""
    payment = pay(stripe, cohort, buyer, BAD)
    if ours:
        refunds.owe(line_of(payment), 60_000, "left")
        drain()
    else:
        give(stripe, payment, 60_000)
        stripe.settle()
    disputed(stripe, payment, "lose", amount=taken)
    stripe.settle()
    for _ in range(2):
        hear_all(stripe, payment)
    assert not StripeEvent.objects.filter(done_at=None).exists()
    again = Refund.objects.get(cause__startswith="retry:")
    assert (line_of(payment).refunded, again.state) == left
    assert balance("paying") == -left[0]
    assert not refunds.not_sent_again().exists()
    assert_books_match(stripe, cohort, before)


def test_one_that_came_back_of_both_seats_of_who_moved_is_a_banks(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User
) -> None:
    payment = pay(stripe, cohort, buyer, BAD)
    day = timezone.now() + datetime.timedelta(days=90)
    later = make_cohort(cohort.study, amount=100_000, starts_on=day.date(), closes_at=day)
    press(buyer, line_of(payment).enrollment, later)
    give(stripe, payment, PRICE)
    stripe.settle()
    disputed(stripe, payment, "lose")
    for _ in range(2):
        hear_all(stripe, payment)
    assert not StripeEvent.objects.filter(done_at=None).exists()
    assert rows() == []
    assert sum(PaymentLine.objects.values_list("refunded", flat=True)) == balance("paying") == 0
    assert_books_match(stripe, cohort, before)


def test_one_that_came_back_before_all_went_back_another_way_is_not_owed(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort
) -> None:
    refunds.owe(line_of(paid), PRICE, "left")
    drain()
    for _ in range(2):
        assert flow.accept(MoneyBack("re_back", "failed", 60_000, "KRW", paid.intent, "", moved=True))
    assert rows() == [(PRICE, "succeeded")]
    back = Refund.objects.get(reference="re_back")
    assert (back.state, line_of(paid).refunded, balance("paying")) == ("void", PRICE, 0)
    assert all(ledger.booked(f"{cause}:{back.pk}") for cause in ("refund", "refund_failed"))
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "stays"])
@pytest.mark.parametrize("given", [30_000, 25_000])
def test_what_is_owed_of_both_seats_of_who_moved_makes_way(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, buyer: Client, given: int, *, leaves: bool
) -> None:
    """They moved to one of 100,000. The bank takes 120,000 while 50,000 are owed: 10,000 stay to be made by hand, and
    20,000 are left of the new seat.
    """
    day = timezone.now() + datetime.timedelta(days=90)
    later = make_cohort(cohort.study, amount=100_000, starts_on=day.date(), closes_at=day)
    press(buyer, line_of(paid).enrollment, later)
    there = Enrollment.objects.get(cohort=later)
    give(stripe, paid, given)
    disputed(stripe, paid, "lose", amount=120_000)
    if leaves:
        leaving.leave(paid.buyer, there, seen=20_000)
    hear_all(stripe, paid)
    owed = 30_000 - given
    assert rows() == sorted([(given, "succeeded"), *([(owed, "manual")] if owed else [])])
    lines = PaymentLine.objects.filter(payment=paid)
    assert [sum(counted) for counted in zip(*lines.values_list("amount", "refunded", "disputed"), strict=True)] == [
        PRICE, 30_000, 120_000,
    ]  # fmt: skip
    there.refresh_from_db()
    assert there.state == "cancelled"
    assert balance("paying") == -owed
    assert_books_match(stripe, cohort, before)

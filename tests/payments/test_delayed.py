"""Ways of paying that take days: on its way, arrived, or not; the page being complete is no money yet."""

import datetime
import itertools

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats
from payments.models import LedgerTransaction, Payment, Refund
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    balance,
    begin,
    deliver,
    drain,
    hurry,
    return_url,
    run_out,
)

pytestmark = pytest.mark.django_db


def on_its_way(stripe: LocalStripe, cohort: Cohort, buyer: Client, end: str) -> Payment:
    """Somebody has paid in a way that takes days, and come back."""
    payment = begin(buyer, cohort)
    stripe.pay(str(payment.reference), later=end)
    buyer.get(return_url(payment))
    payment.refresh_from_db()
    return payment


def arrive(stripe: LocalStripe, payment: Payment) -> None:
    """Days later Stripe knows, and tells."""
    stripe.settle()
    for event in stripe.events_about(str(payment.reference)):
        assert deliver(event) == 200
    hurry()
    drain()
    payment.refresh_from_db()


def keys() -> list[str]:
    return sorted(key.split(":")[0] for key in Letter.objects.values_list("key", flat=True))


def test_a_complete_page_is_no_money_yet(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> None:
    payment = on_its_way(stripe, cohort, buyer, "arrive")
    assert (payment.state, payment.lines.get().enrollment.state) == ("processing", "held")
    assert not LedgerTransaction.objects.exists()
    arrive(stripe, payment)
    assert (payment.state, payment.lines.get().enrollment.state) == ("paid", "active")
    assert keys() == ["joined"]
    assert_books_match(stripe, cohort, before)


def test_money_that_does_not_arrive_frees_the_seat_and_is_told(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client
) -> None:
    payment = on_its_way(stripe, cohort, buyer, "bounce")
    arrive(stripe, payment)
    assert (payment.state, payment.lines.get().enrollment.state) == ("failed", "expired")
    assert Seats.objects.get(cohort=cohort).taken == 0
    assert keys() == ["payment-failed"]
    assert payment.done_at
    assert_books_match(stripe, cohort, before)


def wait(days: int) -> None:
    """Let days go by for seats that are held."""
    with time_machine.travel(timezone.now() + datetime.timedelta(days=days)):
        queue.drain("cohorts.drain_holds")


@pytest.mark.parametrize(("end", "seat"), [("arrive", "active"), ("bounce", "expired")])
def test_a_seat_waits_for_money_on_its_way_until_its_end_is_known(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, end: str, seat: str
) -> None:
    payment = on_its_way(stripe, cohort, buyer, end)
    Seats.objects.filter(cohort=cohort).update(capacity=1)  # somebody else would take it at once
    wait(days=5)
    assert payment.lines.get().enrollment.state == "held"
    arrive(stripe, payment)
    assert payment.lines.get().enrollment.state == seat
    assert Seats.objects.get(cohort=cohort).taken == (1 if seat == "active" else 0)
    assert_books_match(stripe, cohort, before)


def test_a_page_nobody_completed_holds_no_seat_so_long(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    payment = begin(buyer, cohort)
    wait(days=1)
    assert payment.lines.get().enrollment.state == "expired"


def test_money_nobody_hears_of_again_keeps_no_seat_for_ever(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    payment = on_its_way(stripe, cohort, buyer, "arrive")
    wait(days=22)
    assert payment.lines.get().enrollment.state == "expired"


@pytest.mark.parametrize("free", [True, False])
def test_money_that_arrives_after_the_hold_takes_a_seat_or_goes_back(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, free: bool
) -> None:
    payment = on_its_way(stripe, cohort, buyer, "arrive")
    run_out(payment)
    queue.drain("cohorts.drain_holds")
    if not free:
        Seats.objects.filter(cohort=cohort).update(capacity=1, taken=1)
    arrive(stripe, payment)
    hurry()
    drain()
    seat = payment.lines.get().enrollment.state
    assert (payment.state, seat) == ("paid", "active" if free else "expired")
    assert [one.state for one in Refund.objects.all()] == ([] if free else ["succeeded"])
    assert balance("paying") == 0
    assert balance("stripe") == stripe.balance("KRW") - before


def test_every_event_lost_it_is_asked_for(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> None:
    payment = on_its_way(stripe, cohort, buyer, "arrive")
    assert payment.due_at
    assert not payment.done_at
    stripe.settle()
    hurry()
    drain("drain_payments")
    payment.refresh_from_db()
    assert payment.state == "paid"
    assert_books_match(stripe, cohort, before)


KINDS = ("checkout.session.completed", "payment_intent.processing", "checkout.session.async_payment_succeeded")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_any_order(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, order: tuple[int, ...]) -> None:
    payment = begin(buyer, cohort)
    stripe.pay(str(payment.reference), later="arrive")
    stripe.settle()
    told = {event["type"]: event for event in stripe.events_about(str(payment.reference), payment.public_id)}
    for number in order:
        assert deliver(told[KINDS[number]]) == deliver(told[KINDS[number]]) == 200
        drain("drain_events")
    payment.refresh_from_db()
    assert (payment.state, Enrollment.objects.get().state, keys()) == ("paid", "active", ["joined"])
    assert_books_match(stripe, cohort, before)

"""Money going back: once for each intent, never more than came, found again after an answer was lost."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats
from cohorts.services import seats
from payments import gateway
from payments.flows import checkout
from payments.flows import refunds as flow
from payments.models import Payment, PaymentLine, Refund
from payments.services import elsewhere, refunds
from payments.truth import MoneyBack
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
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
)
from tests.people import make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> Payment:
    return pay(stripe, cohort, buyer)


def pay(stripe: LocalStripe, cohort: Cohort, browser: Client, card: str = "4242424242424242") -> Payment:
    payment = begin(browser, cohort)
    stripe.pay(payment.reference, card)
    checkout.look(payment)
    hurry()
    drain()
    payment.refresh_from_db()
    return payment


def comes_back(stripe: LocalStripe, payment: Payment) -> None:
    """Days later a refund to a card that is closed has come back, and Stripe tells."""
    stripe.settle()
    for event in stripe.events_about(payment.intent):
        deliver(event)
    drain("drain_events")


def at_stripe(stripe: LocalStripe, payment: Payment) -> list[int]:
    return [r.amount for r in stripe.api.v1.refunds.list(params={"payment_intent": payment.intent}).data]


def test_one_intent_however_often_is_one_refund(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, before: int
) -> None:
    """I-14."""
    line = paid.lines.get()
    owed = {refunds.owe(line, 100_000, "left").pk for _ in range(3)}
    assert len(owed) == 1
    for _ in range(2):
        hurry()
        drain()
    assert at_stripe(stripe, paid) == [100_000]
    assert Refund.objects.get().state == "succeeded"
    assert PaymentLine.objects.get().refunded == 100_000
    assert_books_match(stripe, cohort, before)


def test_two_equal_intents_are_two_refunds(stripe: LocalStripe, paid: Payment) -> None:
    """I-15."""
    for cause in ("kindness:1", "kindness:2"):
        refunds.owe(paid.lines.get(), 20_000, cause)
    drain("drain_refunds")
    assert at_stripe(stripe, paid) == [20_000, 20_000]


def test_more_than_was_paid_never_goes_back(paid: Payment) -> None:
    line = paid.lines.get()
    refunds.owe(line, 100_000, "one")
    for amount in (50_001, 0):
        with pytest.raises(Refused):
            refunds.owe(line, amount, "two")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentLine.objects.filter(pk=line.pk).update(refunded=150_001)
    Payment.objects.update(state="open")
    with pytest.raises(Refused):
        refunds.owe(line, 1_000, "nobody has paid")
    assert Refund.objects.count() == 1


def test_only_one_that_failed_is_sent_again_and_what_is_is_not_taken_back(paid: Payment) -> None:
    row = refunds.owe(paid.lines.get(), 50_000, "left")
    for state in ("owed", "sending", "unknown", "pending", "succeeded", "held", "manual", "void"):
        Refund.objects.update(state=state)
        with pytest.raises(Refused):
            refunds.retry(row)
    Refund.objects.update(state="failed")
    again = refunds.retry(row)
    assert not refunds.void(again)  # what it sends is owed with the first one
    assert set(Refund.objects.values_list("state", "amount")) == {("failed", 50_000), ("owed", 50_000)}


def test_who_lost_the_claim_sends_nothing(paid: Payment) -> None:
    row = refunds.owe(paid.lines.get(), 50_000, "left")
    row.claim_token = uuid.uuid4()
    assert not refunds.begin(row)
    assert Refund.objects.get().state == "owed"


@pytest.mark.parametrize("kind", ["500", "500_after", "503", "429", "409", "timeout_before", "timeout_after"])
def test_an_answer_that_was_lost_is_asked_for(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, before: int, kind: str
) -> None:
    """I-15, I-22: no answer is a state of its own; nothing is sent again before it is asked for."""
    refunds.owe(paid.lines.get(), 150_000, "left")
    stripe.fault("POST /v1/refunds", kind, times=3)
    drain("drain_refunds")
    assert Refund.objects.filter(state__in=("unknown", "succeeded")).exists()
    stripe.clear()
    for _ in range(4):
        hurry()
        drain("drain_refunds")
    assert at_stripe(stripe, paid) == [150_000]
    assert Refund.objects.filter(state="succeeded").count() == 1
    assert not Refund.objects.filter(state__in=("owed", "unknown", "sending")).exists()
    assert_books_match(stripe, cohort, before)
    assert balance("paying") == 0


def test_too_little_at_hand_is_sent_when_there_is_more(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, before: int
) -> None:
    """Stripe keeps its no under the key for a day: the next try has a key of its own, and nobody has to press it."""
    refunds.owe(paid.lines.get(), 150_000, "left")
    stripe.fault("POST /v1/refunds", "short", times=2)
    for tried in (1, 2):
        hurry()
        queue.drain("payments.drain_refunds")
        assert (Refund.objects.get().state, Refund.objects.get().key_number) == ("owed", tried)
        assert Refund.objects.get().done_at is None
    hurry()
    drain("drain_refunds")
    assert Refund.objects.get().state == "succeeded"
    assert at_stripe(stripe, paid) == [150_000]
    assert_books_match(stripe, cohort, before)


def test_a_refund_that_takes_its_time_ends(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> None:
    payment = pay(stripe, cohort, buyer, "4000000000007726")
    refunds.owe(payment.lines.get(), 150_000, "left")
    drain("drain_refunds")
    assert Refund.objects.get().state == "pending"
    assert_books_match(stripe, cohort, before)
    stripe.settle()
    hurry()
    drain("drain_refunds")
    assert Refund.objects.get().state == "succeeded"
    assert_books_match(stripe, cohort, before)


def test_a_refund_that_fails_later_is_owed_again(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, stranger: User
) -> None:
    """I-18, with and without the event."""
    payment = pay(stripe, cohort, buyer, "4000000000005126")
    refunds.owe(payment.lines.get(), 150_000, "left")
    drain("drain_refunds")
    assert Refund.objects.get().state == "succeeded"
    comes_back(stripe, payment)
    failed = Refund.objects.get()
    assert failed.state == "failed"
    assert balance("paying") == -150_000  # at Stripe again, and still the buyer's
    assert Letter.objects.filter(key=f"refund_failed:{failed.pk}").count() == 1
    assert PaymentLine.objects.get().refunded == 150_000
    assert_books_match(stripe, cohort, before)
    again = refunds.retry(failed)
    assert refunds.retry(failed).pk == again.pk
    assert again.cause == f"retry:{failed.pk}"
    assert PaymentLine.objects.get().refunded == 150_000


def test_a_failed_refund_is_found_without_its_event(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client
) -> None:
    payment = pay(stripe, cohort, buyer, "4000000000005126")
    refunds.owe(payment.lines.get(), 150_000, "left")
    drain("drain_refunds")
    stripe.settle()
    hurry()
    drain("drain_refunds")
    assert Refund.objects.get().state == "failed"
    assert_books_match(stripe, cohort, before)


def test_a_refund_made_in_stripes_own_pages_is_recorded_once(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, before: int
) -> None:
    """I-17."""
    stripe.api.v1.refunds.create(params={"payment_intent": paid.intent, "amount": 150_000})
    for event in stripe.events_about(paid.intent) * 2:
        deliver(event)
    hurry()
    drain()
    refund = Refund.objects.get()
    assert (refund.state, refund.amount) == ("succeeded", 150_000)
    assert refund.cause.startswith("elsewhere:re_")
    elsewhere.record(paid, gateway.get_refund(refund.reference))  # by who looked a moment before it was written
    assert Refund.objects.count() == 1
    assert Enrollment.objects.get().state == "cancelled"  # I-16: nothing of the price is left
    assert Seats.objects.get(cohort=cohort).taken == 0
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize("was", ["owed", "unknown", "manual"])
def test_a_refund_made_by_hand_fulfils_the_one_we_owe(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, before: int, was: str
) -> None:
    row = refunds.owe(paid.lines.get(), 150_000, "left")
    if was == "manual":
        refunds.by_hand(row)
    elif was == "unknown":
        stripe.fault("POST /v1/refunds", "timeout_before", times=4)
        drain("drain_refunds")
        stripe.clear()
    assert Refund.objects.get().state == was
    stripe.api.v1.refunds.create(params={"payment_intent": paid.intent, "amount": 150_000})
    for event in stripe.events_about(paid.intent):
        deliver(event)
    drain("drain_events")
    hurry()
    drain()
    assert [(r.cause, r.state) for r in Refund.objects.all()] == [("left", "succeeded")]
    assert at_stripe(stripe, paid) == [150_000]
    assert_books_match(stripe, cohort, before)


def by_hand(stripe: LocalStripe, paid: Payment, amount: int) -> None:
    stripe.api.v1.refunds.create(params={"payment_intent": paid.intent, "amount": amount})
    for event in stripe.events_about(paid.intent):
        deliver(event)
    drain("drain_events")


def test_of_what_we_owe_only_the_rest_is_sent_after_a_part_was_given_back_by_hand(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, before: int
) -> None:
    refunds.owe(paid.lines.get(), 150_000, "left")
    by_hand(stripe, paid, 100_000)
    hurry()
    drain()
    assert sorted(at_stripe(stripe, paid)) == [50_000, 100_000]
    assert PaymentLine.objects.get().refunded == 150_000
    assert balance("paying") == balance("escrow") == 0
    assert_books_match(stripe, cohort, before)


def test_of_two_we_owe_the_newer_makes_way_as_far_as_needed(
    stripe: LocalStripe, paid: Payment, cohort: Cohort, before: int
) -> None:
    _older, newer = (refunds.owe(paid.lines.get(), 75_000, cause) for cause in ("host:one", "left"))
    by_hand(stripe, paid, 30_000)
    states = Refund.objects.order_by("amount", "pk").values_list("amount", "state")
    assert list(states) == [(30_000, "succeeded"), (45_000, "owed"), (75_000, "owed"), (75_000, "void")]
    newer.refresh_from_db()
    assert (newer.state, bool(newer.done_at)) == ("void", True)
    hurry()
    drain()
    assert sorted(at_stripe(stripe, paid)) == [30_000, 45_000, 75_000]
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize("amount", [150_000, 100_000])
def test_one_that_failed_is_made_good_by_hand(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, amount: int
) -> None:
    payment = pay(stripe, cohort, buyer, "4000000000005126")
    refunds.owe(payment.lines.get(), 150_000, "left")
    drain("drain_refunds")
    comes_back(stripe, payment)
    assert Refund.objects.get().state == "failed"
    by_hand(stripe, payment, amount)
    states = sorted(Refund.objects.values_list("amount", "state"))
    rest = [(150_000 - amount, "owed")] if amount < 150_000 else []
    assert states == sorted([(150_000, "failed"), (amount, "succeeded"), *rest])
    assert PaymentLine.objects.get().refunded == 150_000
    assert balance("paying") == amount - 150_000
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize("send", [refunds.retry, lambda refund: refund], ids=["sent-again", "left-alone"])
def test_all_of_it_given_back_by_hand_takes_the_place_of_a_part_that_failed(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, send: Callable[[Refund], Refund]
) -> None:
    """More comes back than is still to give: what failed before is paid by this, and is not sent again."""
    payment = pay(stripe, cohort, buyer, "4000000000005126")
    by_hand(stripe, payment, 30_000)
    stripe.settle()
    hurry()
    drain()
    send(Refund.objects.get(state="failed"))
    by_hand(stripe, payment, 150_000)
    assert sorted(Refund.objects.values_list("amount", "state")) == [
        (30_000, "failed"), (30_000, "void"), (150_000, "succeeded"),
    ]  # fmt: skip
    assert PaymentLine.objects.get().refunded == 150_000
    assert balance("paying") == balance("escrow") == 0
    assert_books_match(stripe, cohort, before)


def test_a_refund_of_another_installation_is_not_taken_for_ours(
    stripe: LocalStripe, paid: Payment, cohort: Cohort
) -> None:
    """Two installations on one Stripe account count their refunds from one alike."""
    ours = refunds.owe(paid.lines.get(), 10_000, "kindness")
    theirs = MoneyBack("re_theirs", "succeeded", 10_000, "KRW", "pi_theirs", str(ours.pk))
    assert not flow.accept(theirs)
    ours.refresh_from_db()
    assert (ours.state, ours.reference) == ("owed", None)


def test_the_page_of_a_failed_refund_does_not_say_it_is_on_its_way(
    stripe: LocalStripe, paid: Payment, buyer: Client
) -> None:
    refund = refunds.owe(paid.lines.get(), 150_000, "left")
    seats.release(paid.lines.get().enrollment, Enrollment.State.CANCELLED)
    assert "is on its way back" in buyer.get(return_url(paid)).content.decode()
    drain("drain_refunds")
    assert "went back the way you paid" in buyer.get(return_url(paid)).content.decode()
    refunds.fail(refund, "account closed")
    assert "did not reach you yet" in buyer.get(return_url(paid)).content.decode()


def test_a_refund_not_sent_yet_can_be_taken_back(
    paid: Payment, stripe: LocalStripe, cohort: Cohort, before: int
) -> None:
    refund = refunds.owe(paid.lines.get(), 100_000, "left")
    assert refunds.void(refund)
    assert not refunds.void(refund)
    hurry()
    drain()
    assert at_stripe(stripe, paid) == []
    assert PaymentLine.objects.get().refunded == 0
    assert_books_match(stripe, cohort, before)


def test_a_cohort_called_off_pays_everybody_back_once(stripe: LocalStripe, study: Any, before: int) -> None:
    cohort = make_cohort(study)
    people = [make_person(f"off-{n}", f"멤버{n}", language="en") for n in range(3)]
    payments = [pay(stripe, cohort, sign_in(person)) for person in people]
    refunds.owe(payments[0].lines.get(), 50_000, "kindness")
    Cohort.objects.filter(pk=cohort.pk).update(state="called_off", called_off_at=timezone.now())
    for _ in range(2):
        hurry()
        drain()
    cohort.refresh_from_db()
    assert cohort.refunded_at
    assert sorted(Refund.objects.values_list("amount", "cause", "state")) == [
        (50_000, "kindness", "succeeded"),
        (100_000, "called_off", "succeeded"),
        (150_000, "called_off", "succeeded"),
        (150_000, "called_off", "succeeded"),
    ]
    assert {e.state for e in Enrollment.objects.filter(cohort=cohort)} == {"cancelled"}
    assert balance("escrow") == balance("paying") == 0
    assert_books_match(stripe, cohort, before)
    assert "does not take place" in sign_in(people[0]).get(return_url(payments[0])).content.decode()


def test_members_of_a_free_cohort_called_off_get_no_refund(study: Any) -> None:
    from tests.people import enroll

    cohort = make_cohort(study, amount=0)
    enroll(make_person("free", "무료"), cohort)
    Cohort.objects.filter(pk=cohort.pk).update(state="called_off", called_off_at=timezone.now())
    drain("drain_called_off")
    assert not Refund.objects.exists()
    assert Enrollment.objects.get().state == "cancelled"

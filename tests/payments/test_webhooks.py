"""What Stripe tells: verified, kept once, worked on in any order, any number of times, however late."""

import datetime
import itertools
import json
import random
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from payments.models import LedgerTransaction, Payment, Refund, StripeEvent
from payments.services import payments
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    begin,
    deliver,
    drain,
    hurry,
    run_out,
    signed,
)
from tests.people import make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


def an_event(**fields: Any) -> dict[str, Any]:
    body = {"id": "evt_1", "object": "event", "type": "customer.created", "data": {"object": {"id": "cus_1"}}}
    return {**body, **fields}


def state_of(payment: Payment) -> dict[str, Any]:
    """All that a life cycle may leave behind, without ids and times."""
    payment.refresh_from_db()
    return {
        "payment": payment.state,
        "enrollments": sorted(payment.lines.values_list("enrollment__state", flat=True)),
        "lines": list(payment.lines.values_list("amount", "refunded")),
        "refunds": sorted(Refund.objects.filter(line__payment=payment).values_list("amount", "state")),
        "booked": sorted(
            (t.cause.split(":")[0], *sorted(e.amount for e in t.entries.all()))
            for t in LedgerTransaction.objects.filter(line__payment=payment)
        ),
        "letters": sorted(key.split(":")[0] for key in Letter.objects.values_list("key", flat=True)),
        "moves": Change.objects.filter(subject_type="payments.payment", to_state="paid").count(),
    }


def test_a_signed_event_is_kept_and_worked_on(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    for event in stripe.events_about(payment.reference, payment.public_id):
        assert deliver(event) == 200
    drain("drain_events")
    payment.refresh_from_db()
    assert payment.state == "paid"
    assert not StripeEvent.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("tampered", ["secret", "body", "none", "old", "future", "junk", "not json", "not utf-8"])
def test_what_stripe_did_not_sign_now_writes_nothing(tampered: str) -> None:
    now = int(time.time())
    request = signed(an_event())
    if tampered == "secret":
        request = signed(an_event(), secret="whsec_of_somebody_else")
    if tampered == "body":
        request["data"] = request["data"].replace(b"evt_1", b"evt_2")
    if tampered == "none":
        request["headers"] = {}
    if tampered == "old":
        request = signed(an_event(), at=now - 301)
    if tampered == "future":
        request = signed(an_event(), at=now + 330)
    if tampered == "junk":
        request["headers"] = {"Stripe-Signature": "t=,v1=,v1"}
    if tampered == "not json":
        request = signed(b"[]")
    if tampered == "not utf-8":
        request["data"] = b"\xff\xfe"
    assert Client().post(**request).status_code == 400
    assert not StripeEvent.objects.exists()
    assert Client().post(**signed(an_event(), at=now - 200)).status_code == 200


def test_only_stripe_posts_here() -> None:
    assert Client().get(reverse("stripe_webhook")).status_code == 405


def test_the_same_event_again_is_taken_and_changes_nothing() -> None:
    """I-04."""
    assert [deliver(an_event()) for _ in range(5)] == [200] * 5
    assert StripeEvent.objects.count() == 1
    assert deliver(an_event(account="acct_1")) == 200  # the same id of a connected account is another event
    assert StripeEvent.objects.count() == 2


def test_an_unknown_object_is_kept_and_tried_again(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    """I-06: the event came before our own row could be seen."""
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    Payment.objects.filter(pk=payment.pk).update(public_id="hidden", reference=None)
    completed = [e for e in stripe.events_about(payment.reference) if e["type"] == "checkout.session.completed"]
    assert deliver(completed[0]) == 200
    drain("drain_events")
    event = StripeEvent.objects.get()
    assert event.done_at is None
    assert event.due_at > timezone.now()
    assert payment.public_id in event.error
    Payment.objects.filter(pk=payment.pk).update(public_id=payment.public_id)
    hurry()
    drain("drain_events")
    payment.refresh_from_db()
    assert payment.state == "paid"
    assert payment.reference == completed[0]["data"]["object"]["id"]


def test_after_three_days_an_unknown_object_is_left_with_its_reason(stripe: LocalStripe) -> None:
    page = stripe.api.v1.checkout.sessions.create(
        params={
            "mode": "payment",
            "success_url": "https://example.com",
            "metadata": {"payment": "of-another-shop"},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {"currency": "krw", "unit_amount": 5000, "product_data": {"name": "x"}},
                }
            ],
        }
    )
    deliver(an_event(type="checkout.session.completed", data={"object": {"id": page.id}}))
    StripeEvent.objects.update(received_at=timezone.now() - datetime.timedelta(days=4))
    drain("drain_events")
    event = StripeEvent.objects.get()
    assert event.done_at
    assert "of-another-shop" in event.error


def test_what_stripe_itself_does_not_know_is_given_up_after_three_days(stripe: LocalStripe) -> None:
    deliver(an_event(type="checkout.session.completed", data={"object": {"id": "cs_test_of_nobody"}}))
    drain("drain_events")
    assert StripeEvent.objects.get().done_at is None
    StripeEvent.objects.update(received_at=timezone.now() - datetime.timedelta(days=4), due_at=timezone.now())
    drain("drain_events")
    assert StripeEvent.objects.get().done_at
    assert "resource_missing" in StripeEvent.objects.get().error


def test_a_refunded_charge_without_an_intent_is_not_ours(stripe: LocalStripe) -> None:
    deliver(an_event(type="charge.refunded", data={"object": {"id": "ch_1", "payment_intent": None}}))
    drain("drain_events")
    assert StripeEvent.objects.get().done_at


@pytest.mark.parametrize(
    ("kind", "seen", "error"),
    [
        ("payment_intent.succeeded", {"id": "pi_1", "metadata": None}, ""),
        ("payment_intent.succeeded", {"id": "pi_1", "metadata": {"payment": "of-another-shop"}}, "of-another-shop"),
        ("account.updated", {"id": "acct_of_another_shop", "metadata": None}, ""),
        ("account.updated", {"id": "acct_made_just_now", "metadata": {"payee": "7"}}, "acct_made_just_now"),
        ("transfer.created", {"id": "tr_1", "transfer_group": None}, ""),
    ],
)
def test_what_is_not_ours_is_put_away_and_what_may_be_is_kept(kind: str, seen: dict[str, Any], error: str) -> None:
    deliver(an_event(type=kind, data={"object": seen}))
    drain("drain_events")
    event = StripeEvent.objects.get()
    assert (bool(event.done_at), bool(event.error)) == (not error, bool(error))
    assert error in event.error


def test_money_given_back_of_a_payment_nobody_knows_here_is_kept(stripe: LocalStripe) -> None:
    intent = stripe.take(30_000, "krw")
    stripe.api.v1.refunds.create(params={"payment_intent": intent})
    kinds = ("charge.refunded", "refund.created")
    for event in stripe.events_about(intent):
        if event["type"] in kinds:
            deliver(event)
    drain("drain_events")
    kept = StripeEvent.objects.filter(done_at=None, error__startswith="no payment for")
    assert sorted(kept.values_list("kind", flat=True)) == sorted(kinds)


def test_what_stripe_tells_of_the_money_alone_pays_as_soon_as_the_page_is_known(
    stripe: LocalStripe, cohort: Cohort, buyer: Client
) -> None:
    begin(sign_in(make_person("before", "먼저")), cohort)
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    Payment.objects.filter(pk=payment.pk).update(reference=None)
    [event] = [one for one in stripe.events_about(payment.public_id) if one["type"] == "payment_intent.succeeded"]
    deliver(event)
    drain("drain_events")
    assert StripeEvent.objects.get().error == f"no page of payment {payment.public_id}"
    Payment.objects.filter(pk=payment.pk).update(reference=payment.reference)
    hurry()
    drain("drain_events")
    payment.refresh_from_db()
    assert payment.state == "paid"
    assert StripeEvent.objects.get().done_at


def test_a_lost_webhook_changes_nothing_in_the_end(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    hurry()
    drain("drain_payments")
    assert Enrollment.objects.get().state == "active"


def test_one_fact_under_two_event_ids_has_one_effect(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    """I-02, I-03."""
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    events = stripe.events_about(payment.reference, payment.public_id)
    for number, event in enumerate(events * 5):
        deliver({**event, "id": f"evt_copy_{number}"})
    drain("drain_events")
    seen = state_of(payment)
    assert (seen["moves"], seen["letters"]) == (1, ["joined"])
    assert len(seen["booked"]) == 2  # sale and fee
    assert not StripeEvent.objects.filter(done_at=None).exists()  # none of them met an error


def test_a_page_that_ran_out_does_not_touch_a_paid_seat(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, stranger: Any
) -> None:
    """I-13."""
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    drain("drain_payments")
    hurry()
    drain("drain_payments")
    deliver(an_event(type="checkout.session.expired", data={"object": {"id": payment.reference}}))
    drain("drain_events")
    assert payments.end(payment, Payment.State.EXPIRED).state == "paid"  # nor who still believes what the event said
    assert Enrollment.objects.get().state == "active"
    assert list(Letter.objects.values_list("key", flat=True)) == [f"joined:{payment.pk}"]


def life(stripe: LocalStripe, cohort: Cohort, name: str) -> tuple[Payment, list[dict[str, Any]]]:
    """A payment with a refused card, money, a part given back in Stripe's own pages; its events, oldest first."""
    payment = begin(sign_in(make_person(name, name)), cohort)
    stripe.pay(payment.reference, "4000000000000002")
    stripe.pay(payment.reference)
    page = stripe.api.v1.checkout.sessions.retrieve(payment.reference)
    stripe.api.v1.refunds.create(params={"payment_intent": page.payment_intent, "amount": 50_000})
    return payment, stripe.events_about(payment.reference, payment.public_id, page.payment_intent)


def test_every_order_of_events_ends_in_the_same_state(stripe: LocalStripe, study: Any) -> None:
    """I-05: all orders of what matters; each order on a payment of its own, with its own events."""
    cohort = make_cohort(study, capacity=200, subgroups=0)
    before = stripe.balance("KRW")
    kinds = ("payment_intent.payment_failed", "checkout.session.completed", "payment_intent.succeeded",
             "refund.created", "charge.refunded")  # fmt: skip
    ends = []
    for number, order in enumerate(itertools.permutations(kinds)):
        if number % 7:  # every seventh of the 120 orders; both refunds before anything else among them
            continue
        payment, events = life(stripe, cohort, f"order-{number}")
        by_kind = {event["type"]: event for event in events}
        for kind in order:
            assert deliver(by_kind[kind]) == 200
            drain("drain_events")
        hurry()
        drain()
        ends.append({**state_of(payment), "letters": "", "moves": ""})
    assert all(end == ends[0] for end in ends), json.dumps(ends, indent=1)
    assert ends[0]["refunds"] == [(50_000, "succeeded")]
    assert ends[0]["enrollments"] == ["active"]  # I-16: part of the money is still here
    assert_books_match(stripe, cohort, before)


def test_a_shuffled_pile_with_repeats_ends_in_the_same_state(stripe: LocalStripe, study: Any) -> None:
    cohort = make_cohort(study, capacity=20, subgroups=0)
    before = stripe.balance("KRW")
    lives = [life(stripe, cohort, f"pile-{number}") for number in range(4)]
    pile = [event for _, events in lives for event in events] * 3
    seed = random.randrange(10_000)
    random.Random(seed).shuffle(pile)
    for event in pile:
        assert deliver(event) == 200
    for _ in range(3):
        hurry()
        drain()
    ends = [{**state_of(payment), "letters": "", "moves": ""} for payment, _ in lives]
    assert all(end == ends[0] for end in ends), seed
    assert_books_match(stripe, cohort, before)


def test_money_that_comes_after_the_time_was_up_is_not_lost(stripe: LocalStripe, study: Any, buyer: Client) -> None:
    """The page was paid a moment before it was closed, and every webhook was lost."""
    cohort = make_cohort(study, capacity=1)
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    run_out(payment)
    drain("drain_payments")
    assert Enrollment.objects.get().state == "active"

"""What Stripe tells of disputes (I-05): in any order, twice, late, or not at all."""

import datetime
import itertools
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort
from payments import claims
from payments.flows import disputes as flow
from payments.models import Dispute, LedgerTransaction, Payment, StripeEvent
from payments.services import disputes
from payments.tasks import find_disputes
from studyplatform.accounts.models import User
from tests.payments.buying import LocalStripe, assert_books_match, deliver, drain, hurry
from tests.payments.disputing import FEE, PRICE, claim, disputed, letters, line_of, told
from tests.payments.money_world import paid_seat
from tests.payments.test_refunds import pay
from tests.people import make_cohort, make_person, sign_in
from tests.racing import in_turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(stripe: LocalStripe, cohort: Cohort, buyer: Client, admin: User) -> Payment:
    stripe.settle()
    return pay(stripe, cohort, buyer)


KINDS = ("created", "funds_withdrawn", "updated", "closed", "funds_reinstated")


def end_of(payment: Payment) -> dict[str, Any]:
    line = line_of(payment)
    causes = LedgerTransaction.objects.filter(line=line, cause__startswith="dispute")
    return {
        "disputes": list(payment.disputes.values_list("state", "amount")),
        "line": (line.amount, line.refunded, line.disputed, line.enrollment.state),
        "booked": sorted((row.cause.partition(":")[0], row.entries.count()) for row in causes),
    }


def test_every_order_of_events_ends_in_the_same_state(stripe: LocalStripe, study: Any, admin: User) -> None:
    """I-05: every tenth of the 120 orders, each on a payment of its own; the decision falls while they arrive."""
    cohort = make_cohort(study, capacity=60, subgroups=0)
    before = stripe.balance("KRW")
    ends = []
    for number, order in enumerate(itertools.permutations(KINDS)):
        if number % 10:
            continue
        payment = pay(stripe, cohort, sign_in(make_person(f"order-{number}", "A")))
        dispute = stripe.dispute(payment.intent, "answer")
        if number % 20:
            flow.hear(dispute)
        stripe.decide(dispute, "win")
        events = {event["type"].rpartition(".")[2]: event for event in told(stripe, dispute)}
        for kind in order:
            assert deliver(events[kind]) == deliver(events[kind]) == 200
            drain("drain_events")
        ends.append(end_of(payment))
    assert all(end == ends[0] for end in ends), ends
    assert ends[0]["disputes"] == [("won", PRICE)]
    assert_books_match(stripe, cohort, before)


def test_every_event_lost_it_is_found(stripe: LocalStripe, paid: Payment) -> None:
    dispute = stripe.dispute(paid.intent)
    find_disputes()
    assert Dispute.objects.get().state == "open"
    stripe.decide(dispute, "lose")
    hurry()
    drain("drain_disputes")
    assert Dispute.objects.get().state == "lost"
    assert line_of(paid).disputed == PRICE


def test_an_older_look_changes_nothing(stripe: LocalStripe, paid: Payment) -> None:
    dispute = stripe.dispute(paid.intent)
    earlier, old = timezone.now(), claims.get_claim(dispute)
    stripe.decide(dispute, "lose")
    flow.hear(dispute)
    flow.accept(old, earlier)
    assert Dispute.objects.get().state == "lost"
    assert Dispute.objects.count() == 1


def test_of_a_payment_that_is_not_ours_nothing_is_written(stripe: LocalStripe, paid: Payment) -> None:
    Payment.objects.filter(pk=paid.pk).update(intent="pi_of_somebody_else")
    dispute = stripe.dispute(paid.intent)
    for event in told(stripe, dispute):
        deliver(event)
    drain("drain_events")
    find_disputes()
    assert not Dispute.objects.exists()
    kept = StripeEvent.objects.filter(kind="charge.dispute.created").get()
    assert (kept.done_at, bool(kept.error)) == (None, True)


def test_two_days_before_the_deadline_somebody_is_told_once(stripe: LocalStripe, paid: Payment, admin: User) -> None:
    dispute = disputed(stripe, paid)
    assert dispute.answer_by
    assert not letters("dispute-due:")
    with time_machine.travel(dispute.answer_by - datetime.timedelta(days=1)):
        for _ in range(2):
            hurry()
            drain("drain_disputes")
    assert letters("dispute-due:") == [admin.handle]


def test_who_answered_is_not_reminded(stripe: LocalStripe, paid: Payment, admin: User) -> None:
    dispute = disputed(stripe, paid, "answer")
    assert dispute.answer_by
    with time_machine.travel(dispute.answer_by - datetime.timedelta(days=1)):
        hurry()
        drain("drain_disputes")
    assert not letters("dispute-due:")


@pytest.mark.django_db(transaction=True)
def test_heard_of_twice_at_once_it_is_written_down_once(cohort: Cohort, stranger: User, admin: User) -> None:
    line, now = paid_seat(stranger, cohort), timezone.now()
    taken = claim(fee=FEE)
    looked = [now, now + datetime.timedelta(seconds=1)]
    works = [lambda at=at: disputes.record(line.payment, taken, at) for at in looked]
    assert in_turn(*works, table="payments_payment") == ["done", "done"]
    row = Dispute.objects.get()
    assert (row.state, row.looked_at) == ("open", looked[1])
    assert line_of(line.payment).disputed == PRICE

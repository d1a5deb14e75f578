"""What nobody knows the end of is asked about within 15 minutes, however long Stripe was silent before."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cohorts.models import Cohort
from payments import gateway
from payments.flows import checkout
from payments.models import Payee, Payment, Payout, Refund
from payments.services import ledger, payouts, refunds
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from tests.payments.buying import LocalStripe, begin
from tests.people import sign_in

pytestmark = pytest.mark.django_db

SOON = datetime.timedelta(minutes=15)
SILENT = "timeout_before"


def a_payment(stripe: LocalStripe, cohort: Cohort, person: User) -> Payment:
    stripe.fault("POST /v1/checkout/sessions", SILENT, times=3)
    sign_in(person).post(f"/studies/{cohort.study.slug}/cohorts/{cohort.number}/join/", {"terms": "on"})
    return Payment.objects.get()


def a_refund(stripe: LocalStripe, cohort: Cohort, person: User) -> Refund:
    payment = begin(sign_in(person), cohort)
    stripe.pay(str(payment.reference))
    checkout.look(payment)
    refund = refunds.owe(payment.lines.get(), 1_000, "left")
    stripe.fault("POST /v1/refunds", SILENT, times=3)
    queue.drain("payments.drain_refunds")
    return refund


def a_payout(stripe: LocalStripe, cohort: Cohort, person: User) -> Payout:
    account = gateway.create_account(
        key=f"unknown:{timezone.now().timestamp()}", payee="0", country="US", agreement="full", email="h@example.com"
    )
    stripe.onboard(account.id)
    ledger.post("test", {ledger.account("stripe", "USD"): 8_000, ledger.payable(person.pk, "USD"): -8_000})
    Payee.objects.create(
        person=person, country="US", currency="USD", rail="stripe", standing="enabled", enabled=True,
        stripe_account=account.id,
    )  # fmt: skip
    payouts.run()
    stripe.fault("POST /v1/transfers", SILENT, times=3)
    queue.drain("payments.drain_payouts")
    return Payout.objects.get()


@pytest.mark.parametrize(
    ("make", "name"),
    [(a_payment, "drain_payments"), (a_refund, "drain_refunds"), (a_payout, "drain_payouts")],
    ids=["payment", "refund", "payout"],
)
@pytest.mark.parametrize("attempts", [1, 12, 500])
def test_it_is_asked_about_again_within_15_minutes(
    stripe: LocalStripe,
    cohort: Cohort,
    stranger: User,
    make: Callable[[LocalStripe, Cohort, User], Any],
    name: str,
    attempts: int,
) -> None:
    row = make(stripe, cohort, stranger)
    row.refresh_from_db()
    assert row.state == "unknown"
    type(row).objects.update(attempts=attempts, due_at=timezone.now())
    stripe.clear()
    stripe.fault("*", SILENT, times=9)
    queue.drain(f"payments.{name}")
    row.refresh_from_db()
    assert (row.state, row.done_at) == ("unknown", None)
    assert row.due_at <= timezone.now() + SOON
    stripe.clear()
    type(row).objects.update(due_at=timezone.now())
    queue.drain(f"payments.{name}")
    row.refresh_from_db()
    assert row.state != "unknown"

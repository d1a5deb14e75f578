"""One story for each call of the gateway: what happens up to the call, the call with a fault in its way, what follows.

A story ends as it would without the fault, given what people and the clock do anyway: press again, look again.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cohorts.models import Cohort
from payments import gateway
from payments.flows import checkout, onboarding
from payments.models import Payee, Payment, Refund
from payments.services import ledger, payouts, refunds
from payments.tasks import find_disputes
from studyplatform.accounts.models import User
from tests.payments.buying import AT_ONCE, LocalStripe, begin, deliver, drain, hurry, join, return_url, run_out
from tests.payments.disputing import told
from tests.people import sign_in

WAITS = "4000000000007726"  # a refund that takes a while


@dataclass
class Case:
    """Somebody in a cohort of their own, and the fault planned for one call."""

    stripe: LocalStripe
    cohort: Cohort
    person: User
    call: str
    kind: str  # "" for none
    times: int = 3  # the library asks three times

    def strike(self) -> None:
        """From now on the call meets its fault."""
        if self.kind:
            self.stripe.fault(self.call, self.kind, times=self.times)

    def recover(self) -> None:
        """The fault is over; the clock does what it does every minute."""
        self.stripe.clear()
        for _ in range(3):
            hurry()
            drain()

    def paid(self, card: str = AT_ONCE) -> Payment:
        payment = begin(sign_in(self.person), self.cohort)
        self.stripe.pay(str(payment.reference), card)
        checkout.look(payment)
        return Payment.objects.get(pk=payment.pk)


def create_page(case: Case) -> None:
    case.strike()
    join(sign_in(case.person), case.cohort)
    case.recover()
    payment = begin(sign_in(case.person), case.cohort)  # pressed again
    case.stripe.pay(str(payment.reference))


def get_page(case: Case) -> None:
    payment = begin(sign_in(case.person), case.cohort)
    case.stripe.pay(str(payment.reference))
    case.strike()
    sign_in(case.person).get(return_url(payment))


def expire_page(case: Case) -> None:
    payment = begin(sign_in(case.person), case.cohort)
    case.strike()
    with suppress(gateway.Trouble):
        checkout.give_up(payment)
    case.recover()
    run_out(payment)


def create_refund(case: Case) -> None:
    payment = case.paid()
    refunds.owe(payment.lines.get(), 60_000, "left")
    case.strike()
    drain("drain_refunds")


def get_refund(case: Case) -> None:
    payment = case.paid(WAITS)
    refunds.owe(payment.lines.get(), 60_000, "left")
    drain("drain_refunds")
    case.stripe.settle()
    hurry()
    case.strike()
    drain("drain_refunds")


def refunds_of(case: Case) -> None:
    payment = case.paid()
    case.stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": 60_000})
    charge = [one for one in case.stripe.events_about(payment.intent) if one["type"] == "charge.refunded"]
    assert deliver(charge[0]) == 200
    case.strike()
    drain("drain_events")


def _payee(case: Case) -> Payee:
    return Payee.objects.get(person=case.person)


def _connect(case: Case) -> None:
    with suppress(gateway.Trouble):
        onboarding.begin(case.person, "US")


def create_account(case: Case) -> None:
    case.strike()
    _connect(case)
    case.stripe.clear()
    _connect(case)
    case.stripe.onboard(str(_payee(case).stripe_account))
    onboarding.look(_payee(case))


def get_account(case: Case) -> None:
    _connect(case)
    case.stripe.onboard(str(_payee(case).stripe_account))
    case.strike()
    with suppress(gateway.Trouble):
        onboarding.look(_payee(case))
    case.stripe.clear()
    onboarding.look(_payee(case))


def earned(case: Case) -> None:
    """Money at Stripe, owed to somebody who can be paid there."""
    _connect(case)
    case.stripe.onboard(str(_payee(case).stripe_account))
    onboarding.look(_payee(case))
    params: Any = {
        "mode": "payment",
        "success_url": "https://a.example",
        "line_items": [
            {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 20_000, "product_data": {"name": "x"}}}
        ],
    }
    case.stripe.pay(case.stripe.api.v1.checkout.sessions.create(params=params).id, AT_ONCE)
    owed = {ledger.account("stripe", "USD"): 8_000, ledger.payable(case.person.pk, "USD"): -8_000}
    ledger.post(f"test:{case.person.pk}", owed)
    payouts.run()


def create_transfer(case: Case) -> None:
    earned(case)
    case.strike()
    drain("drain_payouts")


def transfers_of(case: Case) -> None:
    earned(case)
    case.stripe.fault("POST /v1/transfers", "timeout_after", times=3)
    drain("drain_payouts")
    case.stripe.clear()
    hurry()
    case.strike()
    drain("drain_payouts")


def get_claim(case: Case) -> None:
    payment = case.paid()
    for event in told(case.stripe, case.stripe.dispute(payment.intent, "lose")):
        assert deliver(event) == 200
    case.strike()
    drain("drain_events")


def claims_of(case: Case) -> None:
    payment = case.paid()
    case.stripe.dispute(payment.intent)
    refunds.owe(payment.lines.get(), 60_000, "left")
    case.strike()
    drain("drain_refunds")


def claims_since(case: Case) -> None:
    payment = case.paid()
    case.stripe.dispute(payment.intent)
    case.strike()
    with suppress(gateway.Trouble):
        find_disputes()
    case.stripe.clear()
    Refund.objects.update(due_at=timezone.now())
    find_disputes()  # the next hour


STORIES: dict[str, tuple[str, Callable[[Case], None]]] = {
    "create_page": ("POST /v1/checkout/sessions", create_page),
    "get_page": ("GET /v1/checkout/sessions/*", get_page),
    "expire_page": ("POST /v1/checkout/sessions/*/expire", expire_page),
    "create_refund": ("POST /v1/refunds", create_refund),
    "get_refund": ("GET /v1/refunds/*", get_refund),
    "refunds_of": ("GET /v1/refunds", refunds_of),
    "create_account": ("POST /v1/accounts", create_account),
    "get_account": ("GET /v1/accounts/*", get_account),
    "account_page": ("POST /v1/account_links", create_account),
    "create_transfer": ("POST /v1/transfers", create_transfer),
    "transfers_of": ("GET /v1/transfers", transfers_of),
    "get_claim": ("GET /v1/disputes/*", get_claim),
    "claims_of": ("GET /v1/disputes", claims_of),
    "claims_since": ("GET /v1/disputes", claims_since),
}

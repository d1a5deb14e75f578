"""Bank deposit: a code, a deadline, an account to pay into; money is found in the bank's file and goes back by hand."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from payments import sealed
from payments.forms.deposit import DepositForm
from payments.models import Payment, Refund
from payments.services import deposit_orders, deposit_plans, deposits, refunds
from payments.truth import Page
from payments.ways.way import Shown

title = _("Bank deposit")
says = _("You get an account, a code and a deadline. Your seat is held until then.")


def offered(cohort: Cohort) -> bool:
    """Whether its host takes deposits and another seat may wait for one."""
    return deposit_plans.offered(cohort)


def begin(payment: Payment) -> Payment:
    """Give the payment its code."""
    return deposit_orders.begin(payment)


def look(payment: Payment) -> tuple[Payment, Page | None]:
    """Remind near the deadline, end past it. Deposits are matched when the bank's file is read."""
    return deposit_orders.look(payment), None


def next_look(payment: Payment) -> datetime.datetime:
    """When somebody is to be reminded, then when the time is over."""
    end, now = payment.expires_at or timezone.now(), timezone.now()
    soon = end - deposit_orders.SOON
    return soon if soon > now else end


def close(payment: Payment, *, keep_seat: bool = False) -> Payment:
    """End it; what was deposited already goes back."""
    return deposit_orders.end(payment, actor=payment.buyer, keep_seat=keep_seat)


def shown(payment: Payment, page: Page | None) -> Shown:
    """Return the account, code and deadline, or before that the form that asks where money would go back to."""
    order = payment.deposit_order
    told = {"order": order, "number": sealed.number_of(order.account), "missing": deposits.missing(payment)}
    return Shown("deposit", {**told, "deposit_form": DepositForm(), "received": deposits.received(payment)})


def give_back(refund: Refund) -> None:
    """Somebody sends it from the bank (`refunds.sent_by_hand`)."""
    refunds.by_hand(refund)

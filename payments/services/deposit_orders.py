"""Deposit orders: a seat is held, the buyer says where money would go back to, and gets a code and a deadline."""

import datetime
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.services import seats
from payments import deposit_letters as letters
from payments import sealed
from payments.models import DepositAccount, DepositOrder, DepositPlan, DepositReturn, Payment
from payments.services import deposit_plans, deposits, payments
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

State = Payment.State
SOON = datetime.timedelta(hours=6)  # before the deadline: time to remind
TRIES = 20


@transaction.atomic
def begin(payment: Payment) -> Payment:
    """Give a new payment its code. The seat is held as for any other way until the buyer has said who they are."""
    row = payments.locked(payment)
    if row.state == State.CREATED:
        plan = DepositPlan.objects.select_related("account").get(cohort__enrollments__payment_lines__payment=row)
        give_code(row, plan.account)
        history.move(row, State.OPEN, row.buyer, due_at=row.expires_at)
    return row


def give_code(payment: Payment, account: DepositAccount, **told: Any) -> DepositOrder:
    """Give a payment the code its deposit is told by, of no other payment into that account."""
    for _n in range(TRIES):
        code = f"{secrets.randbelow(100_000):05}"
        try:
            with transaction.atomic():
                return DepositOrder.objects.create(payment=payment, account=account, code=code, **told)
        except IntegrityError:  # somebody else's code
            continue
    raise RuntimeError("no free code for a deposit")


@transaction.atomic
def name(payment: Payment, *, depositor: str, bank: str, holder: str, account: str) -> DepositOrder:
    """Note who transfers and where money would go back to; now the seat is held until the deadline. Told by letter.

    Said again, only the names change. Raises Refused when the payment is not waiting any more.
    """
    row = payments.locked(payment)
    if row.state != State.OPEN:
        raise Refused(_("This payment is over. Begin again if you still want the seat."))
    order = DepositOrder.objects.select_related("account").get(payment=row)
    for field, value in {"depositor": depositor, **sealed.account(bank=bank, holder=holder, account=account)}.items():
        setattr(order, field, value)
    if not order.deadline:
        order.deadline = _wait(row, order)
    order.save()
    letters.deposit_asked(order, sealed.number_of(order.account))
    return order


@transaction.atomic
def name_account(order: DepositOrder, *, bank: str, holder: str, account: str) -> None:
    """Note where money of a deposit goes back to that was transferred without saying so; what is owed of it follows."""
    columns = sealed.account(bank=bank, holder=holder, account=account)
    DepositOrder.objects.filter(pk=order.pk).update(**columns)
    owed = DepositReturn.objects.filter(deposit__payment=order.payment_id, state=DepositReturn.State.OWED)
    owed.filter(account_sealed="").update(**columns)


def _wait(payment: Payment, order: DepositOrder) -> datetime.datetime:
    line = payment.lines.select_related("enrollment").get()
    plan = DepositPlan.objects.select_related("cohort").get(cohort=line.enrollment.cohort_id)
    until = deposit_plans.ends(plan, order.created_at)
    if not until or not seats.hold_until(line.enrollment, until):
        raise Refused(_("Your seat is not held any more. Begin again if you still want it."))
    payment.expires_at, payment.due_at = until, remind_at(until)
    payment.save(update_fields=["expires_at", "due_at"])
    return until


def remind_at(deadline: datetime.datetime) -> datetime.datetime:
    """Return when somebody who has not paid is reminded: six hours before the end, or half of what is left."""
    now = timezone.now()
    return deadline - min(SOON, max(deadline - now, datetime.timedelta()) / 2)


@transaction.atomic
def look(payment: Payment) -> Payment:
    """Remind who has not paid when the deadline is near; past it, end the payment and send back what was too little."""
    row = payments.locked(payment)
    if row.state != State.OPEN:
        return row
    if (row.expires_at or timezone.now()) <= timezone.now():
        return end(row)
    order: Any = row.deposit_order
    if order.deadline and order.deadline - timezone.now() <= SOON:
        letters.deposit_soon(order, sealed.number_of(order.account), deposits.missing(row))
    return row


@transaction.atomic
def end(payment: Payment, **how: Any) -> Payment:
    """End a payment whose deposit did not come: its seat is free; what came of it goes back."""
    ended = payments.end(payment, State.EXPIRED, **how)
    deposits.send_back_short(ended)
    return ended

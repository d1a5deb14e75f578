"""Refunds made in Stripe's own pages: written down once, in place of what we owe where there is nothing else left."""

from django.db import transaction
from django.db.models import F, Sum

from cohorts.models import Enrollment
from cohorts.services import seats
from payments.models import Payment, PaymentLine, Refund
from payments.services import refunds
from payments.truth import MoneyBack
from studyplatform.kit import history, queue

State = Refund.State


@transaction.atomic
def record(payment: Payment, back: MoneyBack) -> Refund:
    """Record a refund somebody made at Stripe, once. With all its money given back, a seat ends.

    Where the line has no room left, it was made in place of one we owe: that one is fulfilled, and only the rest is
    still sent. Raises Refused when more went back than was paid.
    """
    Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    line = refunds.locked_line(payment.lines.order_by("pk")[0])
    standing = Refund.objects.filter(reference=back.id).first()
    if standing:
        return refunds.record(standing, back)
    recorded = refunds.record(_row_for(line, back), back)
    _leave_if_unpaid(line.enrollment)
    queue.wake("payments.drain_refunds")
    return recorded


def _row_for(line: PaymentLine, back: MoneyBack) -> Refund:
    if back.amount <= line.amount - line.refunded:
        return _written(line, back)
    waiting = line.refunds.filter(state__in=(State.OWED, State.UNKNOWN, State.MANUAL), amount=back.amount).first()
    return waiting or _instead_of_failed(line, back) or _instead_of_owed(line, back)


def _written(line: PaymentLine, back: MoneyBack) -> Refund:
    return refunds.write(line, back.amount, f"elsewhere:{back.id}"[:60])


def _instead_of_failed(line: PaymentLine, back: MoneyBack) -> Refund | None:
    """One that failed is owed already, so nothing is booked: what came back is its retry, the rest is sent."""
    retried = set(line.refunds.values_list("cause", flat=True))
    failed = line.refunds.filter(state=State.FAILED, amount__gte=back.amount)
    row = next((one for one in failed if f"retry:{one.pk}" not in retried), None)
    if row and row.amount > back.amount:
        _owed_already(line, row.amount - back.amount, f"rest:{row.pk}")
    return _owed_already(line, back.amount, f"retry:{row.pk}") if row else None


def _owed_already(line: PaymentLine, amount: int, cause: str) -> Refund:
    refund: Refund = Refund.objects.create(line=line, amount=amount, cause=cause)
    history.record(refund, "", refund.state)
    return refund


def _instead_of_owed(line: PaymentLine, back: MoneyBack) -> Refund:
    """Take back what was not sent yet, until there is room; then owe what is left of it."""
    taken_back = []
    for refund in line.refunds.filter(state=State.OWED).order_by("-pk"):
        if back.amount > line.amount - line.refunded and refunds.void(refund):
            taken_back.append(refund)
            line.refunded -= refund.amount
    row = _written(line, back)
    for refund in taken_back:
        rest = min(refund.amount, line.amount - line.refunded)
        if rest:
            refunds.write(line, rest, f"rest:{refund.pk}")
    return row


def _leave_if_unpaid(enrollment: Enrollment) -> None:
    paid = enrollment.payment_lines.filter(payment__state=Payment.State.PAID)
    if not paid.aggregate(kept=Sum(F("amount") - F("refunded")))["kept"]:
        seats.release(enrollment, Enrollment.State.CANCELLED)

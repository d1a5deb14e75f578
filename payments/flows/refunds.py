"""Refunds go out the way their money came: note it (transaction), ask (none open), record (transaction)."""

from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.policies import enrollments_in
from cohorts.services import seats
from payments import gateway, ways
from payments.flows import disputes
from payments.models import Payment, PaymentLine, Refund
from payments.services import elsewhere, group_sales, holds, payments, refunds
from payments.truth import MoneyBack
from studyplatform.kit import queue

State = Refund.State
NEXT_LOOK = {State.PENDING: timedelta(hours=1), State.SUCCEEDED: timedelta(days=1)}


def drain(refund: Refund) -> None:
    """Work on one claimed refund, the way its money came; where a bank was faster, that is looked at."""
    payment = refund.line.payment
    try:
        ways.of(payment).give_back(refund)
    except gateway.Disputed:
        disputes.look_for(payment.intent)
    _put_back(refund)


def _put_back(refund: Refund) -> None:
    fresh = Refund.objects.get(pk=refund.pk)
    if fresh.state in (State.OWED, State.SENDING, State.UNKNOWN):
        queue.later(refund, "not sent yet")
    elif fresh.state in NEXT_LOOK and fresh.created_at > timezone.now() - refunds.WATCHED:
        queue.again_at(refund, timezone.now() + NEXT_LOOK[State(fresh.state)])
    else:
        queue.done(refund)


def accept(back: MoneyBack) -> bool:
    """Record a refund Stripe tells of, ours or made elsewhere; False when no payment of ours is known for it."""
    ours = _sent_as(back) or Refund.objects.filter(reference=back.id).first()
    if ours:
        refunds.record(ours, back)
        return True
    payment = Payment.objects.filter(provider=Payment.Provider.STRIPE, intent=back.intent, state="paid").first()
    if payment:
        elsewhere.record(payment, back)
    return bool(payment)


def _sent_as(back: MoneyBack) -> Refund | None:
    """Return our row a refund was sent for; an id alone may be of another installation on the same account."""
    if not back.refund.isdecimal():
        return None
    return Refund.objects.filter(pk=int(back.refund), line__payment__intent=back.intent).first()


def pay_back(cohort: Cohort) -> None:
    """Give every member of a called-off cohort all their money back, each once, and end their seats.

    Who is on the payment page is stopped there. Once all of it is written the cohort is marked, so that nobody looks
    again.
    """
    payments.close_pages(cohort)
    for line in _paid_lines(cohort).filter(amount__gt=F("refunded")).order_by("pk").iterator():
        left = holds.room(line)
        if left:
            refunds.owe(line, left, "called_off")
    for enrollment in enrollments_in(cohort).order_by("pk").iterator():
        seats.release(enrollment, Enrollment.State.CANCELLED)
    group_sales.call_off(cohort)
    Cohort.objects.filter(pk=cohort.pk, refunded_at=None).update(refunded_at=timezone.now())


def _paid_lines(cohort: Cohort) -> QuerySet[PaymentLine]:
    return PaymentLine.objects.filter(enrollment__cohort=cohort, payment__state=Payment.State.PAID)

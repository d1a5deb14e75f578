"""Refunds go out: note it (transaction), ask Stripe (none open), record (transaction)."""

import logging
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.policies import enrollments_in
from cohorts.services import seats
from payments import gateway
from payments.models import Payment, PaymentLine, Refund
from payments.services import elsewhere, payments, refunds
from payments.truth import MoneyBack
from studyplatform.kit import queue

log = logging.getLogger(__name__)

State = Refund.State
NEXT_LOOK = {State.PENDING: timedelta(hours=1), State.SUCCEEDED: timedelta(days=1)}


def drain(refund: Refund) -> None:
    """Work on one claimed refund: send it once, or ask what became of it."""
    if refund.state in (State.PENDING, State.SUCCEEDED):
        refunds.record(refund, gateway.get_refund(refund.reference or ""))
    elif refund.state in (State.OWED, State.SENDING, State.UNKNOWN):
        _send(refund)
    _put_back(refund)


def _send(refund: Refund) -> None:
    """Send what is owed. What may have been sent before is looked for first, and only sent if it is not there."""
    asked = refund.state != State.OWED
    if asked and _found(refund):
        return
    if refunds.begin(refund):
        _create(refund, asked)


def _found(refund: Refund) -> bool:
    refunds.doubt(refund, "a send without an answer")
    sent = gateway.refunds_of(refund.line.payment.intent)
    mine = next((back for back in sent if back.refund == str(refund.pk)), None)
    if mine:
        refunds.record(refund, mine)
    return bool(mine)


def _create(refund: Refund, asked: bool) -> None:
    intent = refund.line.payment.intent
    try:
        back = gateway.create_refund(key=_key(refund), refund=str(refund.pk), intent=intent, amount=refund.amount)
    except gateway.Short as short:
        refunds.wait(refund, str(short))
    except gateway.Rejected as rejected:
        refunds.fail(refund, str(rejected))
    except gateway.Trouble as trouble:
        _doubt(refund, trouble, asked)
    else:
        refunds.record(refund, back)


def _key(refund: Refund) -> str:
    """Stripe keeps a certain no under its key for a day, so each one is followed by another key."""
    return f"refund:{refund.pk}:{refund.key_number}" if refund.key_number else f"refund:{refund.pk}"


def _doubt(refund: Refund, trouble: gateway.Trouble, asked: bool) -> None:
    """Stripe keeps its own error under the key: when it has also said the refund is not there, a new row is sent."""
    log.warning("refund %s: %s", refund.pk, trouble)
    if asked and isinstance(trouble, gateway.Broke):
        refunds.retry(refunds.fail(refund, str(trouble), tell=False))
    else:
        refunds.doubt(refund, str(trouble))


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
        refunds.owe(line, line.amount - line.refunded, "called_off")
    for enrollment in enrollments_in(cohort).order_by("pk").iterator():
        seats.release(enrollment, Enrollment.State.CANCELLED)
    Cohort.objects.filter(pk=cohort.pk, refunded_at=None).update(refunded_at=timezone.now())


def _paid_lines(cohort: Cohort) -> QuerySet[PaymentLine]:
    return PaymentLine.objects.filter(enrollment__cohort=cohort, payment__state=Payment.State.PAID)

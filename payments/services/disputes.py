"""Disputes: brought to where Stripe says they are, asked any number of times, in any order.

What the bank takes leaves the seat's escrow as far as it goes, then the host's earnings, so that no session shares it;
the fee is the host's. What comes back goes where it came from.

Lock order: payment, cohort, group, line, refund, enrollment.
"""

import datetime
import logging
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, SeatGroup
from cohorts.services import credit_uses, seats
from payments import dispute_letters as letters
from payments.models import Dispute, Payment, PaymentLine, Refund
from payments.services import claimed, group_sales, holds, ledger, refunds, seat_money
from payments.truth import Claim
from studyplatform.kit import history

log = logging.getLogger(__name__)

State = Dispute.State
STATES = {
    "warning_needs_response": State.INQUIRY,
    "warning_under_review": State.REVIEW,
    "warning_closed": State.DROPPED,
    "prevented": State.DROPPED,
    "needs_response": State.OPEN,
    "appeal_needs_response": State.OPEN,
    "under_review": State.REVIEW,
    "appeal_under_review": State.REVIEW,
    "won": State.WON,
    "lost": State.LOST,
}
SOON = datetime.timedelta(days=2)  # so long before the deadline somebody is told once more


@transaction.atomic
def record(payment: Payment, claim: Claim, looked_at: datetime.datetime) -> Dispute:
    """Bring a dispute of a payment to where Stripe said it was at `looked_at`; an older look changes nothing."""
    Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    row: Dispute | None = Dispute.objects.select_for_update().filter(reference=claim.id).first()
    if row and row.looked_at >= looked_at:
        return row
    lines = _locked_lines(payment)
    before = row.state if row else ""
    row = _told(row, payment, claim, looked_at)
    fresh = [moved for moved in claim.moved if not claimed.is_booked(moved, lines)]
    if any(moved.amount < 0 for moved in fresh) or (row.state in Dispute.PENDING and claimed.taken(claim) > 0):
        _hold_back(lines)
    elif row.state == State.LOST and claimed.taken(claim) > 0:
        _hold_what_was_late(lines)
    for moved in fresh:
        claimed.book(claim, moved, lines)
    _settle(row, lines)
    if row.state != before:
        letters.moved(row, before)
    return row


def _locked_lines(payment: Payment) -> list[PaymentLine]:
    cohorts = Cohort.objects.filter(enrollments__payment_lines__payment=payment).values("pk")
    list(Cohort.objects.select_for_update(no_key=True).filter(pk__in=cohorts).order_by("pk"))
    groups = SeatGroup.objects.filter(places__payment_lines__payment=payment).values("pk")
    list(SeatGroup.objects.select_for_update(no_key=True).filter(pk__in=groups))
    return list(ledger.locked_lines(payment=payment).select_related("payment__buyer"))


def _told(row: Dispute | None, payment: Payment, claim: Claim, looked_at: datetime.datetime) -> Dispute:
    """Write down what Stripe says of a dispute: a new row, or a move of the one there is."""
    to = STATES.get(claim.status, State.OPEN)
    if claim.status not in STATES:
        log.error("dispute %s: Stripe says %s, which is taken for a dispute to be answered", claim.id, claim.status)
    said: dict[str, Any] = {
        "amount": claim.amount,
        "reason": claim.reason[:60],
        "answer_by": claim.answer_by,
        "looked_at": looked_at,
        "closed_at": None if to in Dispute.PENDING else (row and row.closed_at) or timezone.now(),
    }
    if row is None:
        made: Dispute = Dispute.objects.create(
            payment=payment, reference=claim.id, state=to, opened_at=claim.opened_at, **said
        )
        history.record(made, "", to)
        return made
    if row.state != to:
        history.move(row, to, **said, due_at=timezone.now(), done_at=None)
    else:
        Dispute.objects.filter(pk=row.pk).update(**said)
    return row


def _hold_back(lines: list[PaymentLine]) -> None:
    """Let what was to go back to the buyer and was not sent wait for the bank."""
    for line in lines:
        for failed in refunds.not_sent_again().filter(line=line).order_by("pk"):
            refunds.retry(failed)
        waiting = line.refunds.filter(state__in=(Refund.State.OWED, Refund.State.MANUAL))
        for row in waiting.select_for_update().order_by("pk"):
            holds.hold(row, line)


def _hold_what_was_late(lines: list[PaymentLine]) -> None:
    """Nobody knew whether these were sent while the bank decided; they were not, and Stripe sends nothing any more.

    They were owed before the bank gave anything, so that it may have given them.
    """
    for line in lines:
        for row in line.refunds.select_for_update().filter(state=Refund.State.OWED).order_by("pk"):
            holds.hold(row, line)
            line.lost = 0


def _settle(row: Dispute, lines: list[PaymentLine]) -> None:
    """Decide what waited once no bank decides any more, and end a seat nothing is paid for."""
    if holds.pending(lines[0]):
        return
    for line in lines:
        holds.decide(line)
        credit_uses.give_back(line.enrollment, seat_money.part_back(line.enrollment))
        unpaid = row.state == State.LOST and not seat_money.kept(enrollment=line.enrollment_id)
        if unpaid and seats.release(line.enrollment, Enrollment.State.CANCELLED):
            letters.seat_ended(row, line)
    group_sales.follow_bank(row.payment, lost=row.state == State.LOST)


def waiting() -> QuerySet[Dispute]:
    """Return disputes the bank wants an answer to."""
    return Dispute.objects.filter(state__in=Dispute.WAITS)


def remind(dispute: Dispute) -> None:
    """Tell who answers disputes, once, that the time for it is nearly over."""
    by = dispute.answer_by
    if dispute.state in Dispute.WAITS and by and timezone.now() < by <= timezone.now() + SOON:
        letters.due(dispute)

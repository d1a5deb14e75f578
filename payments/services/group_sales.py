"""What a company pays for its seats, one line for each: given whole once the money is there, or all of it goes back.

Lock order: payment, cohort, group, line, enrollment, seats.
"""

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, SeatGroup
from cohorts.services import seat_groups, seats
from payments import group_letters
from payments.models import Payment, PaymentLine, Refund
from payments.services import ledger, receipts, refunds, releases, seat_money
from studyplatform.kit import history, queue

State = SeatGroup.State


def of(payment: Payment) -> SeatGroup | None:
    """Return the company's seats a payment is for, if it is for such."""
    groups = SeatGroup.objects.filter(places__payment_lines__payment=payment)
    return groups.select_related("cohort__study").first()


def payments_of(group: SeatGroup) -> list[Payment]:
    """Return the payments of a company's seats, the newest first."""
    found = Payment.objects.filter(lines__enrollment__group=group).select_related("buyer", "receipt")
    return list(found.order_by("-pk").distinct())


def give(payment: Payment, lines: list[PaymentLine]) -> None:
    """Give a company the seats of a locked payment whose money was just booked, all of them; else all of it goes back.

    Raises nothing for what came too late: that is a refund.
    """
    place = lines[0].enrollment
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=place.cohort_id)
    group = seat_groups.locked(SeatGroup(pk=place.group_id))
    cause = _why_not(cohort, group, lines)
    if cause:
        _owe_all(payment, group, lines, cause)
        return
    history.move(group, State.PAID, payment.buyer)
    _close_others(payment, group)
    if not releases.to_come(cohort).exists():  # the seats were used, and the invoice paid after
        for line in ledger.locked_lines(payment=payment):
            releases.share_rest(line, str(line.pk))
    receipts.issue(payment)
    group_letters.paid(payment, group)


def _close_others(payment: Payment, group: SeatGroup) -> None:
    """Have other ways to pay for the same seats closed by the drain: the invoice, a page still open."""
    others = Payment.objects.filter(lines__enrollment__group=group, done_at=None).exclude(pk=payment.pk)
    now = timezone.now()
    Payment.objects.filter(pk__in=others.exclude(state=Payment.State.PAID)).update(expires_at=now, due_at=now)
    queue.wake("payments.drain_payments")


def _why_not(cohort: Cohort, group: SeatGroup, lines: list[PaymentLine]) -> str:
    if cohort.state == Cohort.State.CALLED_OFF:
        return "called_off"
    if group.state not in SeatGroup.OWING and not releases.to_come(cohort).exists():
        return "late"
    if State.PAID not in group.MOVES.get(group.state, ()):
        return "twice"
    return "" if seat_groups.settle(group, [line.enrollment for line in lines]) else "late"


def _owe_all(payment: Payment, group: SeatGroup, lines: list[PaymentLine], cause: str) -> None:
    for line in lines:
        refunds.write(refunds.locked_line(line), line.amount, cause)
    group_letters.no_seats(payment, group, cause)
    queue.wake("payments.drain_refunds")


def ended(payment: Payment) -> None:
    """Let the quote stand again behind a payment nobody made in time."""
    group = of(payment)
    if group:
        seat_groups.reopen(group)


@transaction.atomic
def call_off(cohort: Cohort) -> None:
    """End the seats of companies in a cohort that was called off, named or not, and tell who bought them; once.

    Their money is owed back line by line, as everybody's.
    """
    for group in SeatGroup.objects.filter(cohort=cohort, state__in=SeatGroup.SEATED).order_by("pk"):
        row = seat_groups.locked(group)
        for place in row.places.filter(state=Enrollment.State.RESERVED).order_by("pk"):
            seats.release(place, Enrollment.State.CANCELLED)
        history.move(row, State.ENDED, note="called off")
        owed = Refund.objects.filter(line__enrollment__group=row, cause="called_off")
        group_letters.called_off(row, int(owed.aggregate(sum=Sum("amount"))["sum"] or 0))


def follow_bank(payment: Payment, *, lost: bool) -> None:
    """Say of a company's seats that a bank took back all of what was kept for them, or that it has thought again.

    The caller holds the group's lock.
    """
    group = of(payment)
    if not group:
        return
    if group.state == State.PAID and lost and not kept(group):
        history.move(group, State.LOST, note=f"payment {payment.public_id}")
        group_letters.lost(payment, group)
    elif group.state == State.LOST and kept(group):
        history.move(group, State.ENDED, note=f"payment {payment.public_id} came back")


def kept(group: SeatGroup) -> int:
    """Return what of a company's money has neither gone back nor been taken by a bank, in minor units."""
    return seat_money.kept(enrollment__group=group)


def taken(group: SeatGroup) -> int:
    """Return what of a company's money its bank holds or has given back to it, in minor units."""
    return int(PaymentLine.objects.filter(enrollment__group=group).aggregate(sum=Sum("disputed"))["sum"] or 0)

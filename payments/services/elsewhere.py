"""Refunds made in Stripe's own pages: written down once, in place of what we owe where there is nothing else left."""

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrollment
from cohorts.services import credit_uses, seats
from payments.models import Payment, PaymentLine, Refund
from payments.services import given_twice, holds, ledger, refunds, seat_money
from payments.truth import MoneyBack
from studyplatform.kit import history, queue

State = Refund.State
BELONGS = Enrollment.BELONGS
NOT_SENT = (State.OWED, State.MANUAL)


@transaction.atomic
def record(payment: Payment, back: MoneyBack) -> Refund:
    """Record a refund somebody made at Stripe, once. With all its money given back, a seat ends.

    Where the line has no room left, it was made in place of one we owe: that one is fulfilled, and only the rest is
    still sent. What had left our bank before is given twice then. Raises Refused when more went back than was paid and
    nothing here tells why yet.
    """
    Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    lines = list(ledger.locked_lines(payment=payment))
    standing = Refund.objects.filter(reference=back.id).first()
    if standing:
        return refunds.record(standing, back)
    if back.failed and back.amount > sum(line.kept for line in lines):
        recorded = _that_had_come_back(lines, back)
    else:
        recorded = refunds.record(_row_for(_with_room(lines, back), back), back)
    for paid in lines:
        credit_uses.give_back(paid.enrollment, seat_money.part_back(paid.enrollment))
        _leave_if_unpaid(paid.enrollment)
    queue.wake("payments.drain_refunds")
    return recorded


def _that_had_come_back(lines: list[PaymentLine], back: MoneyBack) -> Refund:
    """It came back before we heard of it, and a bank took its money since, or it went another way. What a bank left of
    it is owed, as if we had heard in time; where it went another way, nothing.
    """
    line = max(lines, key=lambda line: line.amount - line.refunded)
    if back.amount <= line.amount - line.refunded:
        return refunds.record(_written(line, back), back)
    row = refunds.write_part(line, back.amount, _cause(back), new=0)
    return refunds.had_come_back(row, back)


def _with_room(lines: list[PaymentLine], back: MoneyBack) -> PaymentLine:
    """Return a seat's line with most left of it; money that went along to another comes together again."""
    first, *others = sorted(lines, key=lambda line: (line.enrollment.state not in BELONGS, -line.kept))
    missing = back.amount - first.kept
    for other in others:
        part = min(missing, other.kept)
        if part > 0:
            seat_money.carry(other, part, first.enrollment, back.id)
            missing -= part
    _free_what_others_owe(others, first, missing, back)
    return refunds.locked_line(first)


def _free_what_others_owe(others: list[PaymentLine], first: PaymentLine, missing: int, back: MoneyBack) -> None:
    """What is owed of another seat of the payment and was not sent has gone back with this; the rest is still owed."""
    missing -= sum(row.amount for row in first.refunds.filter(state__in=NOT_SENT))
    missing -= sum(row.amount for row in refunds.not_sent_again().filter(line=first))
    for other in others:
        for row in _not_on_their_way(other) if missing > 0 else ():
            line = refunds.locked_line(other)
            holds.hold(row, line)
            history.move(row, State.VOID, note=f"made at Stripe: {back.id}")
            part = min(missing, row.amount)
            seat_money.carry(line, part, first.enrollment, f"{back.id}:{row.pk}")
            missing -= part
            if part < row.amount:
                _still_owed(refunds.write(refunds.locked_line(other), row.amount - part, f"rest:{row.pk}"))
            if missing <= 0:
                break


def _row_for(line: PaymentLine, back: MoneyBack) -> Refund:
    if back.amount <= line.kept:
        return _written(line, back)
    waiting = line.refunds.filter(state__in=(State.OWED, State.UNKNOWN, State.MANUAL), amount=back.amount).first()
    return waiting or _instead_of_failed(line, back) or _instead_of_many(line, back)


def _cause(back: MoneyBack) -> str:
    return f"elsewhere:{back.id}"[:60]


def _written(line: PaymentLine, back: MoneyBack) -> Refund:
    return refunds.write(line, back.amount, _cause(back))


def _instead_of_failed(line: PaymentLine, back: MoneyBack) -> Refund | None:
    """One that failed is owed already, so nothing is booked: what came back is its retry, the rest is sent."""
    row = refunds.not_sent_again().filter(line=line, amount__gte=back.amount).order_by("pk").first()
    if row and row.amount > back.amount:
        _still_owed(_owed_already(line, row.amount - back.amount, f"rest:{row.pk}"))
    return _owed_already(line, back.amount, f"retry:{row.pk}") if row else None


def _owed_already(line: PaymentLine, amount: int, cause: str) -> Refund:
    refund: Refund = Refund.objects.create(line=line, amount=amount, cause=cause)
    history.record(refund, "", refund.state)
    return refund


def _still_owed(rest: Refund) -> None:
    """Once a bank has taken of a payment for good Stripe sends nothing back of it: the rest is made by hand."""
    if holds.by_hand(rest.line):
        refunds.by_hand(rest)


def _instead_of_many(line: PaymentLine, back: MoneyBack) -> Refund:
    """Take what room is left, and the place of what is owed and not on its way; what is left of that is still sent.

    What was owed stays booked as owed: this one pays it. What goes beyond had left our bank by hand: a bank took it all
    the same, or it was given twice.
    """
    room = line.kept
    over = back.amount - room
    for refund in _not_on_their_way(line):
        history.move(refund, State.VOID, note=f"made at Stripe: {back.id}", done_at=timezone.now())
        over -= refund.amount
        if over < 0:
            _still_owed(_owed_already(line, -over, f"rest:{refund.pk}"))
        if over <= 0:
            break
    over = max(0, over)
    if over:
        given_twice.refuse_unless_by_hand(line.payment, over)
    twice = max(0, over - (line.amount - line.refunded - room))
    written = refunds.write_part(line, back.amount, _cause(back), new=room + over - twice)
    if twice:
        given_twice.book(written, twice)
    return written


def _not_on_their_way(line: PaymentLine) -> Iterator[Refund]:
    """Yield what is owed, the newest first; then what failed, as its retry."""
    yield from line.refunds.select_for_update().filter(state__in=NOT_SENT).order_by("-pk")
    for failed in refunds.not_sent_again().filter(line=line).order_by("-pk"):
        yield _owed_already(line, failed.amount, f"retry:{failed.pk}")


def _leave_if_unpaid(enrollment: Enrollment) -> None:
    if not any(holds.room(line) for line in seat_money.lines(enrollment)):
        seats.release(enrollment, Enrollment.State.CANCELLED)

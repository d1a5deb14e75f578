"""Payments: asked for with a held seat, then moved only by what Stripe or a bank says, each time once.

Lock order: payment, cohort, line, enrollment, seats, receipt number. Money is booked before the seat is looked at.
"""

import datetime
import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from cohorts.services import seats, waiting
from payments import letters
from payments.models import Payment, PaymentLine
from payments.services import group_sales, receipts, refunds, releases, sales, travel
from payments.truth import Page
from studyplatform.accounts.models import User
from studyplatform.kit import history, queue

log = logging.getLogger(__name__)

State = Payment.State
GRACE = datetime.timedelta(minutes=3)  # the hosted page closes this long before the hold ends
FIRST_LOOK = datetime.timedelta(minutes=1)
NEXT_LOOK = datetime.timedelta(minutes=5)
ON_ITS_WAY = datetime.timedelta(days=21)  # Stripe knows of its slowest way within 14 days; a seat waits no longer
LIVE = (State.CREATED, State.OPEN, State.UNKNOWN, State.PROCESSING)


class Mismatch(RuntimeError):
    """What was paid is not what was asked; a person has to look before anything is settled."""


def ask(member: User, enrollment: Enrollment, amount: int, provider: str = Payment.Provider.STRIPE) -> Payment:
    """Return a new payment of `amount` (minor units) for a held seat; nothing to pay is settled at once."""
    hold_until = enrollment.hold_until or timezone.now()  # a held seat always has one
    payment: Payment = Payment.objects.create(
        buyer=member,
        provider=provider if amount else Payment.Provider.FREE,
        amount=amount,
        currency=enrollment.currency,
        expires_at=hold_until - GRACE,
        due_at=timezone.now() + FIRST_LOOK,
    )
    PaymentLine.objects.create(payment=payment, enrollment=enrollment, amount=amount)
    history.record(payment, "", payment.state, member)
    if not payment.amount:
        _settle_free(payment, member)
    return payment


def _settle_free(payment: Payment, member: User) -> None:
    _paid(payment, member)
    lines = list(payment.lines.select_related("enrollment__cohort__study").order_by("pk"))
    for line in lines:
        seats.settle(line.enrollment, member)
    letters.joined(lines[0])


def _paid(payment: Payment, actor: User | None = None, **fields: Any) -> None:
    now = timezone.now()
    history.move(payment, State.PAID, actor, paid_at=now, done_at=now, **fields)


def locked(payment: Payment) -> Payment:
    """Return a payment's row, locked, with who pays it."""
    rows = Payment.objects.select_for_update(of=("self",), no_key=True).select_related("buyer")
    row: Payment = rows.get(pk=payment.pk)
    return row


def of_page(page: Page) -> Payment | None:
    """Return the payment a hosted page was made for, also when its answer never reached us."""
    stripes = Payment.objects.filter(provider=Payment.Provider.STRIPE)
    known: Payment | None = stripes.filter(reference=page.id).first()
    return known or stripes.filter(public_id=page.payment or "-").first()


def apply(payment: Payment, page: Page) -> Payment:
    """Bring a payment to where its page at Stripe is; asking again changes nothing. Raises Mismatch."""
    if page.paid:
        return settle(payment, page)
    if page.status == "expired":
        return end(payment, State.EXPIRED)
    if page.status == "complete":
        failed = page.intent_status in ("requires_payment_method", "canceled")
        return end(payment, State.FAILED, tell=True) if failed else process(payment)
    return show(payment, page)


@transaction.atomic
def show(payment: Payment, page: Page) -> Payment:
    """Note the hosted page of a payment, so that its buyer can be sent there."""
    row = locked(payment)
    if row.state in (State.CREATED, State.UNKNOWN):
        noted: dict[str, Any] = {"reference": page.id, "address": page.address, "expires_at": page.expires_at}
        history.move(row, State.OPEN, row.buyer, due_at=timezone.now() + NEXT_LOOK, **noted)
    return row


@transaction.atomic
def doubt(payment: Payment, why: str) -> Payment:
    """Note that nobody knows yet whether a hosted page was made; the drain will ask."""
    row = locked(payment)
    if row.state == State.CREATED:
        history.move(row, State.UNKNOWN, note=why)
    return row


@transaction.atomic
def process(payment: Payment) -> Payment:
    """Note that the money is on its way and may still fail; its seats are held until that is known."""
    row = locked(payment)
    if row.state == State.OPEN:
        history.move(row, State.PROCESSING)
        for line in row.lines.select_related("enrollment").order_by("pk"):
            seats.hold_until(line.enrollment, timezone.now() + ON_ITS_WAY)
    return row


@transaction.atomic
def end(
    payment: Payment, to: str, *, tell: bool = False, actor: User | None = None, keep_seat: bool = False
) -> Payment:
    """End a payment nobody paid: expired or failed; its held seats are free again, or offered as they were before.

    One that is paid stays so.
    `tell`: write to the buyer that it failed, for real failures only. `keep_seat`: they pay another way at once.
    """
    row = locked(payment)
    if row.state not in LIVE:
        return row
    to = to if to in row.MOVES[row.state] else State.FAILED
    history.move(row, to, actor, done_at=timezone.now())
    for line in row.lines.select_related("enrollment"):
        if keep_seat:
            seats.hold_until(
                line.enrollment, max(timezone.now() + seats.HOLD, line.enrollment.offered_until or row.created_at)
            )
        else:
            seats.lapse(line.enrollment, actor)
    group_sales.ended(row)
    if tell:
        letters.payment_failed(row)
    return row


@transaction.atomic
def let_go(payment: Payment) -> None:
    """Pass on the offered seats behind an ended payment: its buyer does not want them."""
    for line in payment.lines.select_related("enrollment"):
        waiting.leave(payment.buyer, line.enrollment)


@transaction.atomic
def settle(payment: Payment, page: Page) -> Payment:
    """Book a payment's money and give its seats, once. Money without a seat is owed back at once.

    Raises Mismatch when the amount or the currency is not the one asked for.
    """
    row = locked(payment)
    _refuse_mismatch(row, page)
    first = row.state != State.PAID
    if first:
        charge, method = (page.charge.id, page.charge.method) if page.charge else (None, "")
        row.reference = row.reference or page.id
        _paid(row, intent=page.intent, charge=charge, method=method[:60], reference=row.reference)
        sales.book(row)
    _book_fee(row, page)
    if first:
        _give_seats(row)
    return row


@transaction.atomic
def settle_deposit(payment: Payment) -> Payment:
    """Book a payment all of whose money was deposited and give its seats, once. No seat: the money is owed back."""
    row = locked(payment)
    if row.state != State.PAID:
        account = row.deposit_order.account
        _paid(row, method=f"{account.bank} …{account.account_ending}"[:60])
        sales.book(row)
        _give_seats(row)
    return row


@transaction.atomic
def close_pages(cohort: Cohort) -> None:
    """Have the pages still open for a cohort closed now, by the drain that asks Stripe."""
    waiting = Payment.objects.filter(lines__enrollment__cohort=cohort, state__in=LIVE)
    now = timezone.now()
    Payment.objects.filter(pk__in=waiting).update(expires_at=now, due_at=now)
    queue.wake("payments.drain_payments")


def _refuse_mismatch(payment: Payment, page: Page) -> None:
    asked = (payment.amount, payment.currency, payment.public_id)
    came = (page.amount, page.currency, page.payment)
    if asked != came:
        log.error("payment %s: asked for %s, Stripe says %s", payment.public_id, asked, came)
        raise Mismatch(f"asked for {asked}, Stripe says {came}")


def _book_fee(payment: Payment, page: Page) -> None:
    known = sales.book_fee(payment, page.charge)
    payment.done_at = timezone.now() if known else None
    payment.due_at = timezone.now() + (datetime.timedelta() if known else NEXT_LOOK)
    payment.save(update_fields=["done_at", "due_at"])


def _give_seats(payment: Payment) -> None:
    lines = list(payment.lines.select_related("enrollment__cohort__study").order_by("pk"))
    if lines[0].enrollment.group_id:
        group_sales.give(payment, lines)
        return
    owed = [_seat_or_refund(line) for line in lines]
    if any(owed):
        return
    receipts.issue(payment)
    if not any(line.enrollment.moved_from_id for line in lines):  # who moved is told of that
        letters.joined(lines[0])


def _seat_or_refund(line: PaymentLine) -> bool:
    """Give the line's seat; True when its money is owed back instead."""
    cause = _why_no_seat(line)
    if cause:
        refunds.owe(line, line.amount, cause)
    return bool(cause)


def _why_no_seat(line: PaymentLine) -> str:
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=line.enrollment.cohort_id)
    if cohort.state == Cohort.State.CALLED_OFF:
        return "called_off"
    if not releases.to_come(cohort).exists():  # the last session was shared: this money could never be
        return "late"
    others = PaymentLine.objects.filter(enrollment=line.enrollment_id, payment__state=State.PAID)
    if others.exclude(pk=line.pk).exists():
        return "twice"
    if line.enrollment.moved_from_id:
        return _why_no_move(line)
    return "" if seats.settle(line.enrollment) else "late"


def _why_no_move(line: PaymentLine) -> str:
    """Let somebody who paid a difference arrive in the later cohort; else the seat kept for them is free again."""
    if travel.arrive(line.enrollment, travel.ahead_of(line)):
        return ""
    seats.release(line.enrollment, Enrollment.State.EXPIRED)
    return "not_moved"

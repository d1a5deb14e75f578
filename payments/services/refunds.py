"""Refunds: owed in the verb that owes them, sent later, moved by what Stripe says.

`PaymentLine.refunded` and the ledger know a refund from the moment it is owed; Stripe's account moves when Stripe
does. One that fails stays owed: a new row with the cause "retry:<id>" sends it again.
"""

import logging
from datetime import date, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.services import credit_uses
from payments import desk_letters, letters
from payments.models import Payment, PaymentLine, Refund
from payments.services import given_twice, holds, ledger, outside_refunds, seat_money, transfers
from payments.services.ledger import Kind
from payments.truth import MoneyBack
from studyplatform.accounts.models import User
from studyplatform.kit import history, queue
from studyplatform.kit.errors import Refused

log = logging.getLogger(__name__)

State = Refund.State
STATES = {"succeeded": State.SUCCEEDED, "failed": State.FAILED, "canceled": State.FAILED}  # all others: pending
WATCHED = timedelta(days=7)  # a refund may fail after it looked sent


@transaction.atomic
def owe(line: PaymentLine, amount: int, cause: str, actor: User | None = None, *, reason: str = "") -> Refund:
    """Owe back `amount` (minor units) of a line; the same cause again returns the same refund.

    Of the seat's credit the same part comes back. While the buyer's bank decides about the payment the money waits for
    that; what a host was paid elsewhere is the host's to give back. `reason` is told to the buyer and kept in the
    history. Raises Refused when the line has less left than that, or was not paid.
    """
    line = locked_line(line)
    standing: Refund | None = line.refunds.filter(cause=cause).first()
    if standing:
        return standing
    verb = outside_refunds.owe if line.payment.outside else holds.owe if holds.touched(line) else _owe
    refund = verb(line, amount, cause, actor, reason=reason)
    credit_uses.give_back(line.enrollment, seat_money.part_back(line.enrollment))
    return refund


def _owe(line: PaymentLine, amount: int, cause: str, actor: User | None, *, reason: str) -> Refund:
    refund = write(line, amount, cause, actor, reason=reason)
    letters.refund_owed(refund, reason)
    queue.wake("payments.drain_refunds")
    return refund


def locked_line(line: PaymentLine) -> PaymentLine:
    """Return a line's row, locked, with who paid it.

    It is locked by itself first: who waits for a line joined to its seat misses it when the seat goes to somebody else.
    """
    list(PaymentLine.objects.select_for_update(no_key=True).filter(pk=line.pk).values_list("pk"))
    return ledger.locked_lines(pk=line.pk).select_related("payment__buyer").get()


def write(line: PaymentLine, amount: int, cause: str, actor: User | None = None, *, reason: str = "") -> Refund:
    """Write down that `amount` of a locked line goes back. Raises Refused when the line has less left than that."""
    if line.payment.state != Payment.State.PAID or not 0 < amount <= line.amount - line.refunded:
        raise Refused(_("There is not that much left to give back."), field="amount", code="too_much")
    return write_part(line, amount, cause, actor, reason=reason, new=amount)


def write_part(
    line: PaymentLine, amount: int, cause: str, actor: User | None = None, *, reason: str = "", new: int
) -> Refund:
    """Write down a refund of which only `new` was not owed before; only that is booked and taken from the line."""
    line.refunded += new
    line.save(update_fields=["refunded"])
    refund: Refund = Refund.objects.create(line=line, amount=amount, cause=cause)
    history.record(refund, "", refund.state, actor, note=reason)
    buyer = ledger.account(Kind.PAYING, line.payment.currency, person=line.payment.buyer)
    owed = {buyer: -new, **ledger.borne_by(line, new)} if new else {}
    ledger.post(f"refund_owed:{refund.pk}", owed, line=line)
    return refund


@transaction.atomic
def void(refund: Refund, actor: User | None = None) -> bool:
    """Take back a refund that was never sent; False when it is too late for that."""
    line = locked_line(refund.line)
    row = _locked(refund)
    owed = holds.owed_as(row)
    if row.state != State.OWED or not owed:
        return False
    history.move(row, State.VOID, actor, done_at=timezone.now())
    PaymentLine.objects.filter(pk=line.pk).update(refunded=F("refunded") - row.amount)
    ledger.undo(owed, f"refund_void:{row.pk}")
    return True


def not_sent_again() -> QuerySet[Refund]:
    """Return refunds that failed and that nobody sent again."""
    again = Concat(Value("retry:"), Cast(OuterRef("pk"), CharField()))
    return Refund.objects.filter(state=State.FAILED).exclude(Exists(Refund.objects.filter(cause=again)))


def _lock_payment(refund: Refund) -> None:
    """What went back of a payment in all is looked at by one at a time."""
    list(Payment.objects.select_for_update(no_key=True).filter(pk=refund.line.payment_id).values_list("pk"))


def _locked(refund: Refund) -> Refund:
    rows = Refund.objects.select_for_update(of=("self",)).select_related("line__payment__buyer")
    row: Refund = rows.get(pk=refund.pk)
    return row


@transaction.atomic
def begin(refund: Refund) -> bool:
    """Note, before Stripe is asked, that a claimed refund is being sent; False when it is not ours to send."""
    row = queue.relock(refund)
    if not row or row.state not in (State.OWED, State.UNKNOWN):
        return False
    if row.state == State.UNKNOWN:  # asked for, and not there
        history.move(row, State.OWED)
    history.move(row, State.SENDING)
    return True


@transaction.atomic
def doubt(refund: Refund, why: str) -> None:
    """Note that nobody knows whether Stripe took the refund; it is asked before anything is sent again."""
    row = _locked(refund)
    if row.state == State.SENDING:
        history.move(row, State.UNKNOWN, note=why)


@transaction.atomic
def wait(refund: Refund, why: str) -> None:
    """Note that it certainly was not sent, as the money is not at hand: it is sent later, under a key of its own."""
    row = _locked(refund)
    if row.state == State.SENDING:
        history.move(row, State.OWED, note=why, key_number=row.key_number + 1)


@transaction.atomic
def record(refund: Refund, back: MoneyBack) -> Refund:
    """Bring a refund to where Stripe says it is; asking again changes nothing."""
    _lock_payment(refund)
    if back.failed:
        locked_line(refund.line)  # a line is locked before its refunds
    row = _locked(refund)
    to = STATES.get(back.status, State.PENDING)
    if row.reference != back.id:
        row.reference = back.id
        row.save(update_fields=["reference"])
    if row.state != to:
        _move(row, to, moved=back.moved)
    return row


def _move(row: Refund, to: str, *, moved: bool) -> None:
    if row.state == State.OWED:  # sent by somebody whose record was lost
        history.move(row, State.SENDING)
    if to not in row.MOVES.get(row.state, ()):
        return
    history.move(row, to, due_at=timezone.now() + timedelta(hours=1))
    if to != State.FAILED or moved:  # one that failed before we heard of it went out and came back, both are booked
        _book_sent(row)
    if to == State.FAILED:
        fail(row, "Stripe")


def _book_sent(refund: Refund, source: str = Kind.STRIPE) -> None:
    payment = refund.line.payment
    buyer = ledger.account(Kind.PAYING, payment.currency, person=payment.buyer)
    money = ledger.account(source, payment.currency)
    ledger.post(f"refund:{refund.pk}", {buyer: refund.amount, money: -refund.amount}, line=refund.line)


def _book_back(refund: Refund) -> None:
    sent = ledger.booked(f"refund:{refund.pk}")
    if sent:
        ledger.undo(sent, f"refund_failed:{refund.pk}")


@transaction.atomic
def fail(refund: Refund, why: str, *, tell: bool = True) -> Refund:
    """Note that a refund did not arrive: its money is at Stripe again, and still owed. Member and desk are told.

    What went back twice of its payment is not owed a third time: where that is all of it, the refund is void. Where a
    bank has taken of its payment, what is left of it is owed by hand, or waits for that bank.
    """
    _lock_payment(refund)
    line = locked_line(refund.line)
    row = _locked(refund)
    if row.state != State.FAILED:
        history.move(row, State.FAILED, note=why)
    Refund.objects.filter(pk=row.pk).update(done_at=timezone.now())
    _book_back(row)
    if given_twice.lessen(row).state != State.FAILED:
        return row
    if holds.touched(line) or holds.pending(line):
        _leave_to_bank(row, line)
    else:
        _tell_of_failed(row, why, tell=tell)
    return row


def had_come_back(row: Refund, back: MoneyBack) -> Refund:
    """Note a refund nobody owed that had come back when we heard of it: booked both ways, nothing is owed for it."""
    history.move(row, State.SENDING, reference=back.id)
    history.move(row, State.FAILED, done_at=timezone.now())
    if back.moved:
        _book_sent(row)
    _book_back(row)
    history.move(row, State.VOID, note="it had come back, and nothing is owed for it")
    return row


def _leave_to_bank(failed: Refund, line: PaymentLine) -> None:
    """Stripe sends nothing again of a payment a bank has taken of, and what the bank gave is not owed as well."""
    again = _locked(retry(failed))
    if again.state in (State.OWED, State.MANUAL):
        holds.hold(again, line)
    if not holds.pending(line):
        holds.decide(line)


def _tell_of_failed(row: Refund, why: str, *, tell: bool) -> None:
    log.error("refund %s failed and is still owed: %s", row.pk, why)
    if tell:
        letters.refund_failed(row)
        desk_letters.refund_waits(row)


@transaction.atomic
def by_hand(refund: Refund, actor: User | None = None) -> Refund:
    """Take a refund out of what goes to Stripe: somebody sends it from our bank. One that failed is owed anew for it.

    Raises Refused for one that is on its way or over.
    """
    row = _locked(refund)
    if row.state not in (State.OWED, State.FAILED):
        raise Refused(_("Only a refund that is owed or failed can be made by hand."))
    row = row if row.state == State.OWED else _locked(retry(row, actor))
    if row.state != State.OWED:
        raise Refused(_("It was sent again already."))
    history.move(row, State.MANUAL, actor, done_at=timezone.now())
    return row


@transaction.atomic
def sent_by_hand(refund: Refund, actor: User, *, on: date, reference: str) -> Refund:
    """Note that a refund left our bank, on which day and under which reference; its buyer is told. Once.

    Raises Refused when it is none to make by hand, for a day to come, for a reference of another refund.
    """
    row = _locked(refund)
    if row.state != State.MANUAL or row.reference:
        raise Refused(_("This refund is not one to make by hand any more. Look at it again."))
    named = transfers.named(on, reference)
    if Refund.objects.filter(reference=named).exists():
        raise Refused(_("That transfer is written down for another refund."), field="reference")
    history.move(row, State.SUCCEEDED, actor, note=f"{on.isoformat()} {reference}", reference=named)
    _book_sent(row, Kind.BANK)
    letters.refund_by_hand(row, on)
    return row


@transaction.atomic
def retry(refund: Refund, actor: User | None = None) -> Refund:
    """Send a failed refund again, as a new row; it is owed already, so nothing is booked now."""
    row = _locked(refund)
    if row.state != State.FAILED:
        raise Refused(_("Only a refund that failed can be sent again."))
    again: Refund
    again, new = Refund.objects.get_or_create(line=row.line, cause=f"retry:{row.pk}", defaults={"amount": row.amount})
    if new:
        history.record(again, "", again.state, actor)
    queue.wake("payments.drain_refunds")
    return again

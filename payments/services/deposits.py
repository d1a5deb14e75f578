"""Deposits: each line of the bank's file is booked once, then becomes a payment or goes back.

Lock order: payment, deposit; then as in `payments.services.payments`.
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import deposit_letters as letters
from payments import sealed
from payments.bank_files import Line, Read
from payments.models import (
    BankDeposit,
    BankMovement,
    DepositAccount,
    DepositOrder,
    DepositReturn,
    LedgerAccount,
    Payment,
)
from payments.services import bank_movements, ledger, payments, payout_returns, transfers
from payments.services.ledger import Kind
from studyplatform.accounts.models import User
from studyplatform.kit import history, queue
from studyplatform.kit.errors import Refused

State = BankDeposit.State
Cause = DepositReturn.Cause
QUEUE = "payments.drain_deposits"
CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")


@dataclass(frozen=True)
class Meant:
    """The payment a deposit is for, and what it would still need: below zero, that much is too much."""

    payment: Payment
    missing: int

    @property
    def over(self) -> int:
        """How much more than asked for has come."""
        return max(0, -self.missing)


@transaction.atomic
def take_in(actor: User | None, account: DepositAccount, read: Read) -> list[BankDeposit]:
    """Keep what a bank's file says, and book what reached an account; return what of that is new.

    The same lines again: nothing.
    """
    held = DepositAccount.objects.select_for_update().get(pk=account.pk)  # two uploads of one file wait for each other
    bank_movements.copy(held, read)
    found = {line.reference: line for line in read.lines if line.amount > 0}
    known = BankDeposit.objects.filter(account=account, reference__in=found).values_list("reference", flat=True)
    for reference in known:
        del found[reference]
    rows = BankDeposit.objects.bulk_create(
        BankDeposit(account=account, reference=one.reference, at=one.at, amount=one.amount, words=one.words)
        for one in found.values()
    )
    history.record_births(rows, actor)
    _book(rows, account.currency)
    queue.wake(QUEUE)
    return rows


def _book(rows: list[BankDeposit], currency: str) -> None:
    bank, unknown = (ledger.account(kind, currency) for kind in (Kind.BANK, Kind.DEPOSITS))
    ledger.post_all([ledger.Posting(f"deposit:{row.pk}", {bank: row.amount, unknown: -row.amount}) for row in rows])


@transaction.atomic
def book(deposit: BankDeposit) -> None:
    """Book a deposit that is kept and was not booked; again changes nothing."""
    row = _locked(deposit)
    _book([row], row.account.currency)


def take_in_line(line: BankMovement) -> None:
    """Keep and book what reached us by a line of a file that was read, and match it. Again changes nothing."""
    one = Line(line.reference, line.at, line.amount, line.words, line.balance)
    for row in take_in(None, line.account, Read([one], [])):
        match(row)


def to_match() -> QuerySet[BankDeposit]:
    """Return deposits nobody has tried to match yet."""
    return BankDeposit.objects.filter(looked_at=None)


def unmatched() -> QuerySet[BankDeposit]:
    """Return deposits that wait for a person: tried, and not known whose they are."""
    return BankDeposit.objects.filter(state=State.UNMATCHED, looked_at__isnull=False)


@transaction.atomic
def match(deposit: BankDeposit) -> bool:
    """Give a deposit to the payment whose code it names, if it is just what was asked; False leaves it to a person.

    A payout that its bank sent back is known, too.
    Money after the deadline takes a free seat, else it goes back, as any other late money.
    """
    if payout_returns.match_known(deposit):
        return True
    order = order_named(deposit)
    payment = payments.locked(order.payment) if order else None
    row = _locked(deposit)
    row.looked_at = timezone.now()
    row.save(update_fields=["looked_at"])
    if not payment or not _fits(row, payment):
        return False
    _give(row, payment)
    return True


def _fits(row: BankDeposit, payment: Payment) -> bool:
    waits = row.state == State.UNMATCHED and payment.state != Payment.State.PAID
    return waits and missing(payment) == row.amount


def order_named(deposit: BankDeposit) -> DepositOrder | None:
    """Return the order whose code stands in the bank's words; None where there is none, or more than one."""
    codes = CODE.findall(unicodedata.normalize("NFKC", deposit.words))
    found = list(_orders(deposit).filter(code__in=codes)[:2]) if codes else []
    return found[0] if len(found) == 1 else None


def _orders(deposit: BankDeposit) -> QuerySet[DepositOrder]:
    return DepositOrder.objects.filter(account=deposit.account_id).select_related("payment__buyer")


def meant(deposit: BankDeposit, code: str = "") -> Meant | None:
    """Return what a deposit would be for: by a code somebody names, else by the one in the bank's words."""
    order = _orders(deposit).filter(code=code).first() if code else order_named(deposit)
    return Meant(order.payment, missing(order.payment) - deposit.amount) if order else None


def received(payment: Payment) -> int:
    """Return how much of a payment has been deposited, in minor units; what goes back as a whole left out."""
    return int(payment.deposits.filter(state=State.MATCHED).aggregate(sum=Sum("amount"))["sum"] or 0)


def missing(payment: Payment) -> int:
    """Return how much of a payment has not been deposited yet."""
    return payment.amount - received(payment)


@transaction.atomic
def attach(actor: User, deposit: BankDeposit, *, code: str = "") -> BankDeposit:
    """Match a deposit by hand: too little is asked for, too much goes back, late money takes a seat or goes back.

    Raises Refused when nobody has that code, their payment is paid, or it is over and this is too little for it.
    """
    found = meant(deposit, code)
    if not found:
        raise Refused(_("Nobody who pays into this account has that code."), field="code")
    payment = payments.locked(found.payment)
    row = _refuse_moved(_locked(deposit), State.UNMATCHED)
    if payment.state == Payment.State.PAID:
        raise Refused(_("That seat is paid for already. Give this money back."))
    if payment.state != Payment.State.OPEN and missing(payment) > row.amount:
        raise Refused(_("Its deadline is past and this is not all of it. Give this money back."))
    _give(row, payment, actor)
    return row


def _give(row: BankDeposit, payment: Payment, actor: User | None = None) -> None:
    history.move(row, State.MATCHED, actor, payment=payment)
    lacks = missing(payment)
    if lacks > 0:
        letters.deposit_short(payment.deposit_order, sealed.number_of(payment.deposit_order.account), row, lacks)
        return
    if lacks < 0:
        _owe_back(row, -lacks, Cause.OVER, payment.deposit_order)
    payments.settle_deposit(payment)


@transaction.atomic
def give_back(
    actor: User, deposit: BankDeposit, *, note: str, bank: str = "", holder: str = "", account: str = ""
) -> BankDeposit:
    """Send all of a deposit back: nobody knows what for, or it is less than was asked and the rest will not come.

    It goes to the account named here, else to the one its buyer gave. Raises Refused when it has become a payment, or
    was dealt with since it was looked at.
    """
    order = order_of(deposit) or order_named(deposit)
    payment = payments.locked(order.payment) if order else None
    row = _refuse_moved(_locked(deposit), deposit.state)  # given to a payment meanwhile, that one is not locked
    if row.state == State.MATCHED and payment and payment.state == Payment.State.PAID:
        raise Refused(_("This money has paid for a seat. Refund the payment instead."))
    if row.payout_id:
        raise Refused(_("This is a payout that came back. It is owed to its payee again, so nothing goes back."))
    _refuse_moved(row, State.UNMATCHED, State.MATCHED)
    cause = Cause.SHORT if row.state == State.MATCHED else Cause.UNKNOWN
    history.move(row, State.RETURNED, actor, note=note, payment=payment)
    to = sealed.account(bank=bank, holder=holder, account=account) if account else {}
    _owe_back(row, row.amount, cause, order, to)
    return row


def order_of(deposit: BankDeposit) -> DepositOrder | None:
    """Return the order of the payment a deposit was given to, if it was."""
    return _orders(deposit).filter(payment=deposit.payment_id).first() if deposit.payment_id else None


def send_back_short(payment: Payment) -> None:
    """Send back what was deposited for a locked payment that is over without having been paid."""
    if payment.state not in (Payment.State.EXPIRED, Payment.State.FAILED):
        return
    for row in payment.deposits.select_for_update().filter(state=State.MATCHED):
        history.move(row, State.RETURNED)
        _owe_back(row, row.amount, Cause.SHORT, payment.deposit_order)


def _owe_back(
    row: BankDeposit, amount: int, cause: str, order: DepositOrder | None, to: dict[str, str] | None = None
) -> None:
    """Write down that money of a deposit goes back, booked as owed to who sent it; a buyer we know is told."""
    columns = ("bank", "holder", "account_sealed", "account_ending")
    to = to or ({name: getattr(order, name) for name in columns} if order else {})
    back = DepositReturn.objects.create(deposit=row, amount=amount, cause=cause, **to)
    history.record(back, "", back.state)
    ledger.post(f"deposit_back:{back.pk}", {_held(row): amount, _going(row, order): -amount})
    if order:
        letters.deposit_goes_back(back, order)


def _held(row: BankDeposit) -> LedgerAccount:
    return ledger.account(Kind.DEPOSITS, row.account.currency)


def _going(row: BankDeposit, order: DepositOrder | None) -> LedgerAccount:
    return ledger.account(Kind.PAYING, row.account.currency, person=order.payment.buyer if order else None)


@transaction.atomic
def sent_back(actor: User, back: DepositReturn, *, on: datetime.date, reference: str) -> DepositReturn:
    """Note that money left our bank, on which day and under which reference; booked once, its buyer is told.

    Raises Refused when it was sent before, for a day to come, for a reference of another transfer.
    """
    rows = DepositReturn.objects.select_for_update(of=("self",)).select_related("deposit__account")
    row = rows.get(pk=back.pk)
    if row.state != DepositReturn.State.OWED:
        raise Refused(_("It was sent already."))
    named = transfers.named(on, reference)
    if DepositReturn.objects.filter(reference=named).exists():
        raise Refused(_("That transfer is written down for another one."), field="reference")
    history.move(row, DepositReturn.State.SENT, actor, reference=named, sent_on=on)
    order = order_of(row.deposit)
    bank = ledger.account(Kind.BANK, row.deposit.account.currency)
    ledger.post(f"deposit_sent:{row.pk}", {_going(row.deposit, order): row.amount, bank: -row.amount})
    if order:
        letters.deposit_sent_back(row, order)
    return row


def going_back() -> QuerySet[DepositReturn]:
    """Return what is to be sent back by hand."""
    return DepositReturn.objects.filter(state=DepositReturn.State.OWED)


def _locked(deposit: BankDeposit) -> BankDeposit:
    rows = BankDeposit.objects.select_for_update(of=("self",)).select_related("account")
    return rows.get(pk=deposit.pk)


def _refuse_moved(row: BankDeposit, *states: str) -> BankDeposit:
    if row.state not in states:
        raise Refused(_("Somebody has dealt with this deposit meanwhile. Look at it again."))
    return row

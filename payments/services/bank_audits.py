"""Banks' files against the books: each line booked, each booking shown, what goes back sent, the balance reached."""

import datetime
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from payments.models import (
    BankDeposit,
    BankMovement,
    DepositAccount,
    DepositReturn,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Payout,
    PayoutBatch,
    Refund,
)
from payments.services import bank_movements, batches
from payments.services.differences import Found
from payments.services.ledger import Kind

STANDS = datetime.timedelta(days=3)  # over a weekend somebody at the desk may not be at the bank
DEPOSIT = Concat(Value("deposit:"), Cast("pk", CharField()))  # the cause a deposit is booked under
CHECKED = datetime.timedelta(days=35)  # so old a batch's file is read again each night


def _of_line(kind: str, line: BankMovement, ours: int | None, about: tuple[str, str] = ("", "")) -> Found:
    return Found(kind, str(line.pk), ours, line.amount, line.account.currency, line.at, about=about, line=line)


def deposit_lost() -> Iterator[Found]:
    """Yield what reached us by the bank's file and is no deposit here."""
    came = bank_movements.unnamed().filter(amount__gt=0).select_related("account")
    for line in came.iterator():
        yield _of_line("deposit_lost", line, None)


def _deposits() -> QuerySet[Any]:
    """Return deposits with what was `booked` of them and what the bank's file has `shown`, in minor units."""
    entries = LedgerEntry.objects.filter(transaction__cause=OuterRef("cause"), account__kind=Kind.BANK)
    lines = BankMovement.objects.filter(account=OuterRef("account"), reference=OuterRef("reference"))
    return BankDeposit.objects.select_related("account").annotate(
        cause=DEPOSIT,
        booked=Subquery(entries.values("transaction").annotate(sum=Sum("amount")).values("sum")),
        shown=Subquery(lines.values("amount")[:1]),
    )


def _of_deposit(kind: str, row: Any, ours: int | None, theirs: int | None) -> Found:
    about = ("payments.bankdeposit", str(row.pk))
    return Found(kind, str(row.pk), ours, theirs, row.account.currency, row.at, about=about)


def deposit_unbooked() -> Iterator[Found]:
    """Yield deposits the bank's file shows and the ledger does not know."""
    for row in _deposits().filter(booked=None).exclude(shown=None).iterator():
        yield _of_deposit("deposit_unbooked", row, None, row.amount)


def deposit_strange() -> Iterator[Found]:
    """Yield deposits no file of the bank shows, and bookings of deposits there are none of."""
    for row in _deposits().filter(shown=None).iterator():
        yield _of_deposit("deposit_strange", row, row.amount, None)
    named = BankDeposit.objects.annotate(cause=DEPOSIT).filter(cause=OuterRef("cause"))
    at_bank = Sum("entries__amount", filter=Q(entries__account__kind=Kind.BANK))
    known = LedgerTransaction.objects.filter(cause__startswith="deposit:").annotate(sum=at_bank)
    for booked in known.exclude(Exists(named)).iterator():
        yield Found("deposit_strange", booked.cause, booked.sum, None, "KRW", booked.at, booked=booked.pk)


def deposit_amount() -> Iterator[Found]:
    """Yield deposits whose amount is another one in the bank's file or in the ledger."""
    known = _deposits().exclude(booked=None).exclude(shown=None)
    for row in known.exclude(booked=F("amount"), shown=F("amount")).iterator():
        ours = row.booked if row.booked != row.shown else row.amount
        yield _of_deposit("deposit_amount", row, ours, row.shown)


def deposit_unsold() -> Iterator[Found]:
    """Yield payments by deposit that got all their money and are not paid, or are paid and did not get it."""
    matched = BankDeposit.objects.filter(payment=OuterRef("pk"), state=BankDeposit.State.MATCHED)
    over = matched.filter(returned__cause=DepositReturn.Cause.OVER)
    rows = Payment.objects.filter(provider=Payment.Provider.BANK).annotate(
        came=_sum(matched, "amount") - _sum(over, "returned__amount")
    )
    wrong = Q(state=Payment.State.PAID) & ~Q(came=F("amount")) | ~Q(state=Payment.State.PAID) & Q(came__gte=F("amount"))
    for row in rows.filter(wrong).iterator():
        sold = row.amount if row.state == Payment.State.PAID else 0
        about = ("payments.payment", str(row.pk))
        yield Found("deposit_unsold", str(row.pk), sold, row.came, row.currency, row.created_at, about=about)


def _sum(rows: QuerySet[Any], field: str) -> Coalesce:
    sums = rows.values("payment").annotate(sum=Sum(field)).values("sum")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())


def back_late() -> Iterator[Found]:
    """Yield what somebody was to send back from the bank days ago and has not written down as sent."""
    old = timezone.now() - STANDS
    returns = DepositReturn.objects.filter(state=DepositReturn.State.OWED, created_at__lt=old)
    for back in returns.select_related("deposit__account").iterator():
        currency, about = back.deposit.account.currency, ("payments.depositreturn", str(back.pk))
        yield Found("back_late", f"return-{back.pk}", back.amount, 0, currency, back.created_at, about=about)
    refunds = Refund.objects.filter(state=Refund.State.MANUAL, reference=None, done_at__lt=old)
    for refund in refunds.select_related("line__payment").iterator():
        currency, about = refund.line.payment.currency, ("payments.refund", str(refund.pk))
        yield Found("back_late", f"refund-{refund.pk}", refund.amount, 0, currency, refund.created_at, about=about)


def _left(kind: str) -> Iterator[Found]:
    """Yield what left by the bank's file and was not booked, of one kind: by the payout its words name, or nobody's."""
    lines = bank_movements.unnamed().filter(amount__lt=0).select_related("account")
    for line in lines.iterator():
        found = _why(line)
        if found.kind == kind:
            yield found


def _why(line: BankMovement) -> Found:
    numbers = [int(number) for number in bank_movements.PAYOUT.findall(line.words)]
    payout = Payout.objects.filter(pk__in=numbers[:1]).exclude(batch=None).first()
    if not payout:
        return _of_line("out_unknown", line, None)
    about = ("payments.payout", str(payout.pk))
    if payout.state not in (Payout.State.EXPORTED, Payout.State.PAID):
        return _of_line("out_unknown", line, None, about)
    if payout.amount != -line.amount:
        return _of_line("out_amount", line, -payout.amount, about)
    return _of_line("out_twice", line, None, about) if payout.state == Payout.State.PAID else _unconfirmed(payout, line)


def _unconfirmed(payout: Payout, line: BankMovement | None = None) -> Found:
    about, at = ("payments.payout", str(payout.pk)), line.at if line else payout.created_at
    theirs = line.amount if line else None
    return Found("payout_unconfirmed", str(payout.pk), None, theirs, payout.currency, at, about=about)


def payout_unconfirmed() -> Iterator[Found]:
    """Yield payouts the bank has sent, or was given days ago, and nobody has written down what it did."""
    late = Payout.objects.filter(state=Payout.State.EXPORTED, batch__created_at__lt=timezone.now() - STANDS)
    for payout in late.iterator():
        yield _unconfirmed(payout)
    yield from _left("payout_unconfirmed")  # the same difference, of which the bank says more


def out_missing() -> Iterator[Found]:
    """Yield what we booked as gone and no file shows, in the time that accounts whose files tell it have told of."""
    told = BankMovement.objects.filter(account__tells_out=True).order_by("at")
    first = told.select_related("account").first()
    if not first:
        return
    currency, last = first.account.currency, told.reverse()[0]
    ours = Q(entries__account__kind=Kind.BANK, entries__account__currency=currency, entries__amount__lt=0)
    gone = LedgerTransaction.objects.filter(ours, at__gt=first.at + STANDS, at__lt=last.at - STANDS)
    came_back = bank_movements.payouts().filter(state=Payout.State.FAILED).values("paid_as")
    known = gone.exclude(cause__in=came_back).exclude(cause__startswith=bank_movements.BACK)
    left = known.annotate(sum=F("entries__amount"))
    for booked in bank_movements.free(left).iterator():
        yield Found("out_missing", booked.cause, booked.sum, None, currency, booked.at, booked=booked.pk)


def batch_line() -> Iterator[Found]:
    """Yield where the file a bank was given, the payouts of its batch and the ledger do not say the same."""
    sent = PayoutBatch.objects.filter(state__in=("exported", "closed"), created_at__gt=timezone.now() - CHECKED)
    for batch in sent.iterator():
        said = batches.amounts_of(batch)
        taken = _taken(batch)
        for number in sorted({*said, *taken}):
            ours, theirs = taken.get(number), said.get(number)
            if ours != theirs:
                known = ("payments.payout", str(number)), ("payments.payoutbatch", str(batch.pk))
                about = known[0] if number in taken else known[1]
                yield Found("batch_line", str(number), ours, theirs, batch.currency, batch.created_at, about=about)


def _taken(batch: PayoutBatch) -> dict[int, int]:
    """Return what the ledger took out of balances to be sent by each payout of a batch, in minor units."""
    entries = LedgerEntry.objects.filter(transaction__cause=OuterRef("cause"), account__kind=Kind.PAYING)
    rows = batch.payouts.annotate(
        cause=Concat(Value("payout:"), Cast("pk", CharField())),
        taken=Subquery(entries.values("transaction").annotate(sum=Sum("amount")).values("sum")),
    )
    return {pk: -(taken or 0) for pk, taken in rows.values_list("pk", "taken")}


def bank_balance() -> Iterator[Found]:
    """Yield accounts where what was there when their files began and what was booked since is not what is there now."""
    for account in DepositAccount.objects.filter(tells_out=True).iterator():
        told = account.movements.exclude(balance=None)
        moments = told.aggregate(first=Min("at"), last=Max("at"))
        if moments["first"]:
            ours = _opening(told.filter(at=moments["first"]))
            ours += _booked_for(account.movements.filter(at__range=(moments["first"], moments["last"])))
            theirs = _closing(told.filter(at=moments["last"]))
            if ours != theirs:
                about, key = ("payments.depositaccount", str(account.pk)), str(account.pk)
                yield Found("bank_balance", key, ours, theirs, account.currency, moments["last"], about=about)


def _ends(lines: QuerySet[BankMovement]) -> list[tuple[int, int]]:
    """Return what was there before and after each line of one moment: many banks tell only the day, in either order."""
    found = lines.order_by("pk").values_list("balance", "amount")
    return [((there or 0) - amount, there or 0) for there, amount in found]


def _opening(lines: QuerySet[BankMovement]) -> int:
    """Return what was there before the first of them: what none of the others left."""
    ends = _ends(lines)
    first = [before for before, _after in ends if before not in {after for _before, after in ends}]
    return first[0] if len(first) == 1 else ends[0][0]


def _closing(lines: QuerySet[BankMovement]) -> int:
    """Return what was there after the last of them: what none of the others found."""
    ends = _ends(lines)
    last = [after for _before, after in ends if after not in {before for before, _after in ends}]
    return last[0] if len(last) == 1 else ends[-1][1]


def _booked_for(lines: QuerySet[BankMovement]) -> int:
    """Return what our ledger has booked at the bank for lines of its file, in minor units."""
    causes = lines.exclude(stands_for="").order_by().values("stands_for")
    batches_ = lines.filter(stands_for__startswith="batch:").order_by().values("stands_for")
    paid = bank_movements.payouts().filter(batch_name__in=batches_).values("paid_as")
    at_bank = LedgerEntry.objects.filter(account__kind=Kind.BANK)
    booked = at_bank.filter(Q(transaction__cause__in=causes) | Q(transaction__cause__in=paid))
    return int(booked.aggregate(sum=Sum("amount"))["sum"] or 0)


CHECKS: dict[str, Callable[[], Iterator[Found]]] = {
    "deposit_lost": deposit_lost,
    "deposit_unbooked": deposit_unbooked,
    "deposit_strange": deposit_strange,
    "deposit_amount": deposit_amount,
    "deposit_unsold": deposit_unsold,
    "back_late": back_late,
    "out_unknown": partial(_left, "out_unknown"),
    "out_amount": partial(_left, "out_amount"),
    "out_twice": partial(_left, "out_twice"),
    "payout_unconfirmed": payout_unconfirmed,
    "out_missing": out_missing,
    "batch_line": batch_line,
    "bank_balance": bank_balance,
}

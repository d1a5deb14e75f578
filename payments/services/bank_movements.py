"""A bank's file as rows: each of its lines is kept once, and named for what the ledger has booked for it."""

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat

from payments.bank_files import Read
from payments.models import (
    BankDeposit,
    BankMovement,
    DepositAccount,
    DepositReturn,
    LedgerTransaction,
    Payout,
    PayoutBatch,
    Refund,
)
from payments.services.ledger import Kind

BACK = "payout-back:"  # stands against a payout that came back: its own line, or none of a bank's file
NEAR = datetime.timedelta(days=7)  # between a transfer at the bank and somebody writing it down
DAY = datetime.timedelta(days=1)
PAYOUT = re.compile(r"(?<![0-9A-Za-z])P(\d{1,18})(?!\d)")  # the memo a batch's file gives each of its lines


def copy(account: DepositAccount, read: Read) -> None:
    """Keep what a bank's file says of an account whose row the caller has locked; the same lines again: nothing."""
    rows = [
        BankMovement(
            account=account, reference=one.reference, at=one.at, amount=one.amount, balance=one.balance, words=one.words
        )
        for one in read.lines
    ]
    BankMovement.objects.bulk_create(rows, ignore_conflicts=True)
    if read.tells_out and not account.tells_out:
        DepositAccount.objects.filter(pk=account.pk).update(tells_out=True)


def unnamed() -> QuerySet[BankMovement]:
    """Return lines nobody knows yet what the ledger booked for, the oldest reading first."""
    return BankMovement.objects.filter(stands_for="").order_by("pk")


@transaction.atomic
def name(batch: Sequence[BankMovement]) -> None:
    """Note of each line what was booked for it, where that is known; no two lines stand for one booking.

    Night and desk may do this at once: the accounts are locked, so that the second sees what the first took.
    """
    accounts = DepositAccount.objects.select_for_update(no_key=True).filter(pk__in={line.account_id for line in batch})
    list(accounts.order_by("pk"))
    causes = _deposits([line for line in batch if line.amount > 0])
    for line in batch:
        cause = causes.get((line.account_id, line.reference)) if line.amount > 0 else _went_out(line)
        if cause:
            BankMovement.objects.filter(pk=line.pk, stands_for="").update(stands_for=cause)


def _deposits(lines: Iterable[BankMovement]) -> dict[tuple[int, str], str]:
    references = [line.reference for line in lines]
    known = BankDeposit.objects.filter(reference__in=references).values_list("account", "reference", "pk")
    return {(account, reference): f"deposit:{pk}" for account, reference, pk in known}


def _went_out(line: BankMovement) -> str:
    """Return the cause of what left with a line: by our number in its words, by its own number, by amount and day."""
    numbers = [int(number) for number in PAYOUT.findall(line.words)]
    if numbers:
        named = [f"payout-paid:{number}" for number in numbers]
        if not LedgerTransaction.objects.filter(cause__in=named).exists():  # it came back unpaid
            named = [f"{BACK}{number}" for number in numbers]
        return _first(_booked_as(line).filter(cause__in=named))
    days = [(line.at + step * DAY).date().isoformat() for step in (-1, 0, 1)]
    wrote_down = [f"bank:{day}:{line.reference}" for day in days]
    by_hand: dict[str, QuerySet[Any]] = {"refund": Refund.objects.all(), "deposit_sent": DepositReturn.objects.all()}
    for start, rows in by_hand.items():
        for pk in rows.filter(reference__in=wrote_down).values_list("pk", flat=True):
            return _first(_booked_as(line).filter(cause=f"{start}:{pk}"))
    near = _booked_as(line).filter(at__range=(line.at - NEAR, line.at + NEAR)).exclude(cause__startswith=BACK)
    return _first(near) or _batch(line)


def _first(booked: QuerySet[LedgerTransaction]) -> str:
    return booked.order_by("at", "pk").values_list("cause", flat=True).first() or ""


def _booked_as(line: BankMovement) -> QuerySet[LedgerTransaction]:
    """Return what left our bank in the books with just a line's amount, and no line stands for yet."""
    same = Q(entries__account__kind=Kind.BANK, entries__account__currency=line.account.currency)
    return free(LedgerTransaction.objects.filter(same, entries__amount=line.amount))


def free(booked: QuerySet[Any]) -> QuerySet[Any]:
    """Return what of some bookings no line of a bank's file stands for, by itself or with its whole batch."""
    itself = BankMovement.objects.filter(stands_for=OuterRef("cause"))
    whole = BankMovement.objects.filter(stands_for__startswith="batch:").values("stands_for")
    of_batch = payouts().filter(paid_as=OuterRef("cause"), batch_name__in=whole)
    left: QuerySet[Any] = booked.exclude(Exists(itself)).exclude(Exists(of_batch))
    return left


def payouts() -> QuerySet[Any]:
    """Return payouts by bank file with the cause of their being paid, and what a line for their batch stands for."""
    found: QuerySet[Any] = Payout.objects.exclude(batch=None).annotate(
        paid_as=Concat(Value("payout-paid:"), Cast("pk", CharField())),
        batch_name=Concat(Value("batch:"), Cast("batch_id", CharField())),
    )
    return found


def _batch(line: BankMovement) -> str:
    """Some banks show a file of many transfers as one line: the sum of all that was paid of one batch."""
    near = PayoutBatch.objects.filter(created_at__range=(line.at - 2 * NEAR, line.at + DAY), state="closed")
    sums = near.annotate(sum=Sum("payouts__amount", filter=Q(payouts__state=Payout.State.PAID)))
    for pk in sums.filter(sum=-line.amount, currency=line.account.currency).values_list("pk", flat=True):
        taken = BankMovement.objects.filter(Q(stands_for=f"batch:{pk}") | Q(stands_for__in=_paid_of(pk)))
        if not taken.exists():
            return f"batch:{pk}"
    return ""


def _paid_of(batch: int) -> list[str]:
    return list(payouts().filter(batch=batch).values_list("paid_as", flat=True))

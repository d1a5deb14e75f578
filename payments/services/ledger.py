"""The ledger's one door: accounts, transactions that sum to zero, balances summed over entries.

What is ours to show (Stripe, bank) is positive, what we owe (escrow, payable, paying) is negative.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from cohorts.models import Cohort, Session
from payments.models import Due, LedgerAccount, LedgerEntry, LedgerTransaction, PaymentLine
from studyplatform.accounts.models import User

Kind = LedgerAccount.Kind
Amounts = Mapping[LedgerAccount, int]


class Unbalanced(RuntimeError):
    """Code tried to book amounts that do not sum to zero in each currency."""


@dataclass(frozen=True)
class Posting:
    """One event of money to book: its unique cause, signed minor units by account, the line or due it is about."""

    cause: str
    amounts: Amounts
    line: PaymentLine | None = None
    due: Due | None = None


def account(kind: str, currency: str, *, cohort: Cohort | None = None, person: User | None = None) -> LedgerAccount:
    """Return the account of that kind, owner and currency; it is made on first use."""
    return LedgerAccount.objects.get_or_create(kind=kind, currency=currency, cohort=cohort, person=person)[0]


def payable(person_id: int, currency: str) -> LedgerAccount:
    """Return the account of what is owed to a person."""
    return payables([person_id], currency)[person_id]


def payables(people: Iterable[int], currency: str) -> dict[int, LedgerAccount]:
    """Return the accounts of what is owed to people, by person id; in three statements at most."""
    wanted = set(people)
    found = LedgerAccount.objects.filter(kind=Kind.PAYABLE, currency=currency, cohort=None, person__in=wanted)
    accounts = {at.person_id: at for at in found if at.person_id}
    missing = sorted(wanted - accounts.keys())
    if missing:
        rows = [LedgerAccount(kind=Kind.PAYABLE, currency=currency, person_id=person) for person in missing]
        LedgerAccount.objects.bulk_create(rows, ignore_conflicts=True)
        accounts |= {at.person_id: at for at in found.all() if at.person_id}
    return accounts


@transaction.atomic
def post(
    cause: str, amounts: Amounts, *, session: Session | None = None, line: PaymentLine | None = None
) -> LedgerTransaction:
    """Book one event of money: signed minor units by account, zeros left out. Raises Unbalanced.

    The same cause is booked once: again, it returns what stands. A fact without amounts is kept too, so that it
    is known to be booked.
    """
    _refuse_unbalanced(cause, amounts)
    booked, new = LedgerTransaction.objects.get_or_create(cause=cause, defaults={"session": session, "line": line})
    if new:
        entries = [LedgerEntry(transaction=booked, account=at, amount=n) for at, n in amounts.items() if n]
        LedgerEntry.objects.bulk_create(entries)
    return booked


@transaction.atomic
def post_all(postings: list[Posting], *, session: Session | None = None) -> None:
    """Book many events of one occasion in three statements; those already booked are left out. Raises Unbalanced.

    The caller holds the lock of the occasion (a session, a run), so that nobody books the same causes meanwhile.
    """
    for posting in postings:
        _refuse_unbalanced(posting.cause, posting.amounts)
    causes = [posting.cause for posting in postings]
    known = set(LedgerTransaction.objects.filter(cause__in=causes).values_list("cause", flat=True))
    new = [posting for posting in postings if posting.cause not in known]
    booked = LedgerTransaction.objects.bulk_create(
        LedgerTransaction(cause=posting.cause, session=session, line=posting.line, due=posting.due) for posting in new
    )
    pairs = [(row, entry) for row, posting in zip(booked, new, strict=True) for entry in posting.amounts.items()]
    LedgerEntry.objects.bulk_create(LedgerEntry(transaction=row, account=at, amount=n) for row, (at, n) in pairs if n)


def _refuse_unbalanced(cause: str, amounts: Amounts) -> None:
    sums: dict[str, int] = defaultdict(int)
    for at, amount in amounts.items():
        sums[at.currency] += amount
    if any(sums.values()):
        raise Unbalanced(f"{cause}: {dict(sums)}")


def booked(cause: str) -> LedgerTransaction | None:
    """Return what was booked for a cause, if anything was."""
    return LedgerTransaction.objects.filter(cause=cause).first()


@transaction.atomic
def undo(of: LedgerTransaction, cause: str) -> LedgerTransaction:
    """Book the mirror of a transaction, under a cause of its own."""
    mirror = {entry.account: -entry.amount for entry in of.entries.select_related("account")}
    return post(cause, mirror, session=of.session, line=of.line)


def balance(at: LedgerAccount) -> int:
    """Return the sum of an account's entries, in minor units of its currency."""
    return int(at.entries.aggregate(total=Sum("amount"))["total"] or 0)


def locked_lines(**which: Any) -> QuerySet[PaymentLine]:
    """Return payment lines locked in one order: who takes money out of a line's escrow looks at it under this lock."""
    lines = PaymentLine.objects.select_for_update(of=("self",), no_key=True).filter(**which).order_by("pk")
    return lines.select_related("payment", "enrollment__terms", "enrollment__cohort__study__payee")


def waiting_for(line: PaymentLine) -> int:
    """Return what of a line's money still waits in its cohort's escrow: net of fees, refunds and releases."""
    entries = LedgerEntry.objects.filter(transaction__line=line, account__kind=Kind.ESCROW)
    return -int(entries.aggregate(total=Sum("amount"))["total"] or 0)


def borne_by(line: PaymentLine, amount: int) -> dict[LedgerAccount, int]:
    """Return who bears `amount` leaving a line: its money in escrow as far as it goes, then the study's payee."""
    cohort, currency = line.enrollment.cohort, line.payment.currency
    from_escrow = max(0, min(amount, waiting_for(line)))
    return {
        account(Kind.ESCROW, currency, cohort=cohort): from_escrow,
        account(Kind.PAYABLE, currency, person=cohort.study.payee): amount - from_escrow,
    }

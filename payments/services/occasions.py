"""Occasions: the event behind a number of a statement, with every part of it; told to whoever it paid or cost."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from cohorts.models import Cohort
from payments.causes import Told
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction, Payout, Refund
from payments.services.statements import entries_of
from studyplatform.accounts.models import User

Kind = LedgerAccount.Kind


@dataclass(frozen=True)
class Part:
    """One transaction of an occasion: about whom, and who got what of it (minor units, as they were owed it)."""

    about: str  # the member or partner it is about
    seat: str  # the public id of a member's place
    mine: int
    platform: int = 0
    others: int = 0


@dataclass(frozen=True)
class Occasion:
    """What happened, when, in which currency, and the payout or refund it is about."""

    at: datetime.datetime
    told: Told
    currency: str
    cohort: Cohort | None
    total: int
    hosts: bool  # the reader has the host's share, and sees where the rest went
    payout: Payout | None
    refund: Refund | None


def seen_by(person: User) -> QuerySet[LedgerTransaction]:
    """Return the transactions that paid a person or cost them something."""
    mine = entries_of(person).values("transaction")
    return LedgerTransaction.objects.filter(pk__in=mine).select_related(
        "session__cohort__study", "due__cohort__study", "due__session", "line__enrollment__cohort__study"
    )


def parts_of(person: User, one: LedgerTransaction) -> QuerySet[LedgerTransaction]:
    """Return the transactions of the same occasion, as far as they are the person's."""
    same = Q(pk=one.pk)
    if one.session_id:
        same = Q(session=one.session_id, cause__startswith=f"{one.cause.partition(':')[0]}:")
    elif one.due:
        same = Q(due__kind=one.due.kind, due__cohort=one.due.cohort_id, due__session=one.due.session_id)
    rows = seen_by(person).filter(same).order_by("pk")
    return rows.select_related("line__enrollment__person__profile", "due__person__profile")


def of(person: User, one: LedgerTransaction) -> Occasion:
    """Return the occasion a transaction of the person belongs to."""
    about = one.session or one.due
    cohort = about.cohort if about else one.line.enrollment.cohort if one.line else None
    session = one.session or (one.due.session if one.due else None)
    entries = list(
        entries_of(person).select_related("account").filter(transaction__in=parts_of(person, one).values("pk"))
    )
    total = -sum(entry.amount for entry in entries)
    told = Told(
        one.cause,
        one.due.kind if one.due else "",
        cohort.full_name if cohort else "",
        session.number if session else None,
        amount=total,
    )
    return Occasion(
        at=one.at,
        told=told,
        currency=entries[0].account.currency,
        cohort=cohort,
        total=total,
        hosts=bool(cohort and cohort.study.payee_id == person.pk),
        payout=_payout(one.cause),
        refund=_refund(one.cause),
    )


def _payout(cause: str) -> Payout | None:
    head, _colon, number = cause.partition(":")
    mine = head in ("payout", "payout-failed", "payout-void")
    return Payout.objects.select_related("payee").filter(pk=number).first() if mine else None


def _refund(cause: str) -> Refund | None:
    head, _colon, number = cause.partition(":")
    return Refund.objects.filter(pk=number).first() if head in ("refund_owed", "refund_void") else None


def told(person: User, rows: Iterable[LedgerTransaction]) -> list[Part]:
    """Return each transaction's part; in one query for all of them."""
    rows = list(rows)
    mine, platform, others = (dict[int, int]() for _ in range(3))
    entries = LedgerEntry.objects.filter(transaction__in=[row.pk for row in rows]).select_related("account")
    for entry in entries:
        if entry.account.kind == Kind.PLATFORM:
            kept = platform
        elif entry.account.kind == Kind.PAYABLE:
            kept = mine if entry.account.person_id == person.pk else others
        else:
            continue
        kept[entry.transaction_id] = kept.get(entry.transaction_id, 0) - entry.amount
    return [Part(*_about(row), *(found.get(row.pk, 0) for found in (mine, platform, others))) for row in rows]


def _about(row: LedgerTransaction) -> tuple[str, str]:
    if row.due:
        return str(row.due.person), ""
    seat = row.line.enrollment if row.line else None
    return (str(seat.person), seat.public_id) if seat and seat.person else ("", "")

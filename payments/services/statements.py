"""Statements: what a person was owed when a month began, every event in it, what they were owed when it ended.

All of it is read from their account in the ledger, so the events sum to the difference of the balances. Seats shared
after one session are one event; each opens into its parts (occasions).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, Count, F, Func, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from cohorts import names
from payments.causes import Told
from payments.models import LedgerAccount, LedgerEntry
from studyplatform.accounts.models import User
from studyplatform.kit.months import Month

# The cause up to its colon says what kind of event it was.
HEAD = Func(F("transaction__cause"), Value(":"), Value(1), function="split_part", output_field=CharField())
# What belongs to no session and no due is an event of its own.
ALONE = Case(When(transaction__session=None, transaction__due=None, then=F("transaction_id")))
COHORTS = ("session__cohort", "due__cohort", "line__enrollment__cohort")


@dataclass(frozen=True)
class Line:
    """One event: when, what, how much of it was the person's (signed minor units), and of how many parts."""

    at: datetime.datetime
    told: Told
    amount: int
    parts: int
    event: int  # the first of its transactions


@dataclass(frozen=True)
class Statement:
    """A person's month in one currency."""

    person: User
    month: Month
    currency: str

    @cached_property
    def opening(self) -> int:
        """What they were owed when the month began, in minor units; below zero when refunds took back more."""
        return _owed(account_of(self.person, self.currency).filter(transaction__at__lt=self.month.begins))

    @cached_property
    def came(self) -> int:
        """What the month brought."""
        return sum(amount for amount in self._sums if amount > 0)

    @cached_property
    def went(self) -> int:
        """What left or was taken, as a positive amount."""
        return -sum(amount for amount in self._sums if amount < 0)

    @property
    def closing(self) -> int:
        """What they were owed when the month ended, or now."""
        return self.opening + self.came - self.went

    @cached_property
    def _sums(self) -> list[int]:
        return [line["amount"] for line in self.events.order_by().values("amount")]

    @cached_property
    def events(self) -> QuerySet[Any, Any]:
        """The month's events, oldest first."""
        return _events(_within(account_of(self.person, self.currency), self.month))

    def lines(self) -> Iterator[Line]:
        """Yield the events as lines, read in pieces."""
        return (line_of(found) for found in self.events.iterator(chunk_size=2_000))


def entries_of(person: User) -> QuerySet[LedgerEntry]:
    """Return the entries of what a person is owed, in any currency."""
    return LedgerEntry.objects.filter(account__kind=LedgerAccount.Kind.PAYABLE, account__person=person)


def account_of(person: User, currency: str) -> QuerySet[LedgerEntry]:
    """Return the entries of what a person is owed in a currency."""
    return entries_of(person).filter(account__currency=currency)


def with_occasion(entries: QuerySet[LedgerEntry]) -> QuerySet[Any, Any]:
    """Add which `study`, what it calls a run (`wording`), run's `number` and `session` number each entry is about."""
    study, wording, number = (
        Coalesce(*(F(f"transaction__{path}__{field}") for path in COHORTS))
        for field in ("study__title", "study__wording", "number")
    )
    session = Coalesce("transaction__session__number", "transaction__due__session__number")
    return entries.annotate(study=study, wording=wording, number=number, session=session)


def currencies(person: User) -> list[str]:
    """Return the currencies a person was ever owed anything in."""
    accounts = LedgerAccount.objects.filter(kind=LedgerAccount.Kind.PAYABLE, person=person, entries__isnull=False)
    return list(accounts.order_by("currency").values_list("currency", flat=True).distinct())


def months(person: User) -> list[Month]:
    """Return the months something happened in, newest first."""
    begun = TruncMonth("transaction__at", tzinfo=timezone.get_default_timezone())
    found = entries_of(person).annotate(month=begun).values_list("month", flat=True).order_by("-month").distinct()
    return [Month.of(at) for at in found]


def _within(entries: QuerySet[LedgerEntry], month: Month) -> QuerySet[LedgerEntry]:
    return entries.filter(transaction__at__gte=month.begins, transaction__at__lt=month.ends)


def _owed(entries: QuerySet[LedgerEntry]) -> int:
    return -int(entries.aggregate(total=Sum("amount"))["total"] or 0)


def _events(entries: QuerySet[LedgerEntry]) -> QuerySet[Any, Any]:
    """Sum entries by what made them."""
    due = {"due": Coalesce("transaction__due__kind", Value("")), "of": F("transaction__due__cohort")}
    same = with_occasion(entries).annotate(head=HEAD, alone=ALONE, **due)
    by = ("head", "alone", "transaction__session", "transaction__due__session", "of", "due")
    grouped = same.values(*by, "study", "wording", "number", "session")
    summed: QuerySet[Any, Any] = grouped.annotate(
        amount=-Sum("amount"),
        at=Max("transaction__at"),
        parts=Count("transaction", distinct=True),
        event=Min("transaction"),
        cause=Min("transaction__cause"),
    )
    return summed.filter(~Q(amount=0)).order_by("at", "event")


def line_of(found: dict[str, Any]) -> Line:
    """Return one event as a line."""
    run = names.full_name(found["study"], found["wording"], found["number"]) if found["study"] else ""
    told = Told(found["cause"], found["due"], run, found["session"], amount=found["amount"])
    return Line(found["at"], told, found["amount"], found["parts"], found["event"])

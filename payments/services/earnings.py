"""What a person earns: expected, released, paid, line by line; the same number of queries at any amount of it."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from cohorts.models import Leadership, Membership, Session
from cohorts.policies import cohorts_run_by
from payments.models import LedgerAccount, LedgerEntry, Payee, PaymentLine, Payout
from payments.services import payouts, releases
from studyplatform.accounts.models import User

Kind = LedgerAccount.Kind
HOST, PARTNER = "host", "partner"


@dataclass
class Expected:
    """What one cohort's coming sessions will still bring a person, in minor units."""

    study: str
    number: int
    role: str  # host or partner
    sessions: int  # to come
    currency: str
    amount: int = 0
    seats: int = 0


@dataclass(frozen=True)
class Movement:
    """What was shared to a person after a session, or taken from what they are owed, in minor units."""

    kind: str  # session, refund, fee, other
    at: datetime.datetime
    study: str
    number: int | None
    session: int | None
    amount: int
    currency: str


@dataclass(frozen=True)
class Earnings:
    """One person's money in one currency."""

    currency: str
    expected: list[Expected]
    movements: list[Movement]
    payouts: list[Payout]
    balance: int
    waits_for: str  # "", account, currency, minimum, debt: why the next run pays nothing

    @property
    def expected_total(self) -> int:
        """What is still to come."""
        return sum(line.amount for line in self.expected)

    @property
    def shared_total(self) -> int:
        """What was shared so far, less what was taken back."""
        return sum(line.amount for line in self.movements)

    @property
    def paid_total(self) -> int:
        """What has arrived."""
        return sum(payout.amount for payout in self.payouts if payout.state == Payout.State.PAID)

    @property
    def minimum(self) -> int:
        """From how much on a payout is made."""
        return payouts.MINIMUM[self.currency]


def of(person: User, payee: Payee | None) -> list[Earnings]:
    """Return the person's money, one entry per currency they deal in."""
    coming, shared = _expected(person), [*_by_session(person), *_others(person)]
    paid = list(Payout.objects.filter(payee__person=person).order_by("-pk"))
    balances = dict(_payable(person).values_list("account__currency").annotate(net=-Sum("amount")))
    used = sorted({line.currency for line in coming} | balances.keys())
    return [_in(currency, coming, shared, paid, balances.get(currency, 0), payee) for currency in used]


def _in(
    currency: str,
    coming: list[Expected],
    shared: list[Movement],
    paid: list[Payout],
    balance: int,
    payee: Payee | None,
) -> Earnings:
    return Earnings(
        currency=currency,
        expected=[line for line in coming if line.currency == currency],
        movements=sorted(
            (line for line in shared if line.currency == currency), key=lambda line: line.at, reverse=True
        ),
        payouts=[payout for payout in paid if payout.currency == currency],
        balance=balance,
        waits_for=_why_waiting(currency, balance, payee),
    )


def _why_waiting(currency: str, balance: int, payee: Payee | None) -> str:
    if balance < 0:
        return "debt"
    if payee is None or not payee.enabled:
        return "account"
    if payee.currency != currency:
        return "currency" if balance else ""
    return "minimum" if balance < payouts.MINIMUM[currency] else ""


def _payable(person: User) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(account__kind=Kind.PAYABLE, account__person=person)


def ready(person: User) -> list[tuple[int, str]]:
    """Return what the next payout run can pay the person: amounts in minor units with their currency."""
    return _owed(_payable(person))


def in_escrow(person: User) -> list[tuple[int, str]]:
    """Return what members paid for the person's cohorts and no session has shared yet, by currency."""
    cohorts = cohorts_run_by(person)
    return _owed(LedgerEntry.objects.filter(account__kind=Kind.ESCROW, account__cohort__in=cohorts))


def _owed(entries: QuerySet[LedgerEntry]) -> list[tuple[int, str]]:
    sums = entries.values_list("account__currency").annotate(total=-Sum("amount")).order_by("account__currency")
    return [(total, currency) for currency, total in sums if total > 0]


def _by_session(person: User) -> Iterator[Movement]:
    """What sessions brought, summed over their seats."""
    rows = _payable(person).filter(transaction__session__isnull=False)
    named = rows.values_list(
        "transaction__session__starts_at",
        "transaction__session__cohort__study__title",
        "transaction__session__cohort__number",
        "transaction__session__number",
    )
    for row in named.annotate(net=-Sum("amount"), currency=F("account__currency")):
        yield Movement("session", *row)


def _others(person: User) -> Iterator[Movement]:
    """What refunds and fees took, or gave back, beside the sessions; payouts stand in a list of their own."""
    rows = _payable(person).filter(transaction__session=None).exclude(transaction__cause__startswith="payout")
    cohort = "transaction__line__enrollment__cohort"
    named = rows.values_list(
        "transaction__cause",
        "transaction__at",
        f"{cohort}__study__title",
        f"{cohort}__number",
        "amount",
        "account__currency",
    )
    for cause, at, study, number, amount, currency in named:
        kind = next((kind for kind in ("refund", "fee") if cause.startswith(kind)), "other")
        yield Movement(kind, at, study or "", number, None, -amount, currency)


def _expected(person: User) -> list[Expected]:
    """What escrow holds for seats the person hosts or leads, shared by the terms of each."""
    lines = list(_lines_for(person))
    held = releases.held_by_line({line.enrollment.cohort_id for line in lines})
    leaders, sessions = _leaders(lines), _sessions(lines)
    found: dict[tuple[int, str], Expected] = {}
    for line in lines:
        for role, amount in _shares(line, held.get(line.pk, 0), leaders.get(line.enrollment_id), person.pk):
            cohort = line.enrollment.cohort
            blank = Expected(cohort.study.title, cohort.number, role, sessions[cohort.pk], cohort.currency)
            row = found.setdefault((cohort.pk, role), blank)
            row.amount, row.seats = row.amount + amount, row.seats + 1
    return list(found.values())


def _lines_for(person: User) -> QuerySet[PaymentLine]:
    """Paid lines of cohorts whose sessions are not all shared, paid to the person or led in by them."""
    hosted = Q(enrollment__cohort__study__payee=person)
    led = Leadership.objects.filter(partner__person=person, period__contains=timezone.now())
    running = Session.objects.filter(subgroup=None, state=Session.State.PLANNED, released_at=None)
    return (
        PaymentLine.objects.filter(
            hosted | Q(enrollment__cohort__in=led.values("subgroup__cohort")), payment__state="paid"
        )
        .filter(enrollment__cohort__in=running.values("cohort"), refunded__lt=F("amount"))
        .select_related("enrollment__terms", "enrollment__cohort__study")
        .order_by("enrollment__cohort__starts_on", "pk")
    )


def _leaders(lines: Iterable[PaymentLine]) -> dict[int, int]:
    """Who leads each member's subgroup now: enrollment id -> person id."""
    cohorts = {line.enrollment.cohort_id for line in lines}
    leads = Leadership.objects.filter(subgroup__cohort__in=cohorts, period__contains=timezone.now())
    # A stand-in of today is paid for today, so leads come last and stay.
    leader = dict(leads.order_by("-kind").values_list("subgroup_id", "partner__person_id"))
    members = Membership.objects.filter(subgroup__cohort__in=cohorts, until=None)
    pairs = members.values_list("enrollment_id", "subgroup_id")
    return {member: leader[group] for member, group in pairs if group in leader}


def _sessions(lines: Iterable[PaymentLine]) -> dict[int, int]:
    """How many cohort-wide sessions are to come, by cohort."""
    planned = Session.objects.filter(subgroup=None, state=Session.State.PLANNED, released_at=None)
    counted: dict[int, int] = defaultdict(int)
    for cohort in planned.filter(cohort__in={line.enrollment.cohort_id for line in lines}).values_list("cohort"):
        counted[cohort[0]] += 1
    return counted


def _shares(line: PaymentLine, held: int, leader: int | None, person: int) -> Iterator[tuple[str, int]]:
    terms: Any = line.enrollment.terms
    _, partner, host = releases.split(held, terms, leader)
    if held and line.enrollment.cohort.study.payee_id == person:
        yield HOST, host
    if held and leader == person:
        yield PARTNER, partner

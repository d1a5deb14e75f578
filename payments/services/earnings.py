"""What a person earns: expected, released, paid, line by line; the same number of queries at any amount of it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import CharField, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat

from cohorts import names
from cohorts.policies import cohorts_run_by
from payments.causes import Told
from payments.models import Due, LedgerAccount, LedgerEntry, LedgerTransaction, Payee, Payout
from payments.services import dues, expected, payouts, reserves, taxes
from payments.services.expected import HOST, PARTNER, Expected
from studyplatform.accounts.models import User

Kind = LedgerAccount.Kind
RUN = ("study__title", "study__wording", "number")  # what names a run


@dataclass(frozen=True)
class Movement:
    """What was shared to a person after a session, or taken from what they are owed, in minor units."""

    kind: str  # the event's, as causes name it; due- and what a due is for
    at: datetime.datetime
    run: str  # its full name
    session: int | None
    amount: int
    currency: str
    event: int  # the first of its transactions

    @property
    def words(self) -> str:
        """What it was, in a sentence."""
        due = self.kind.removeprefix("due-") if self.kind.startswith("due-") else ""
        return Told(self.kind, due, self.run, self.session, self.amount).words


@dataclass
class Owed:
    """What terms promise a partner and the host's share of a cohort has not reached yet, in minor units."""

    run: str  # its full name
    role: str  # host or partner
    currency: str
    amount: int = 0


@dataclass(frozen=True)
class Earnings:
    """One person's money in one currency."""

    currency: str
    expected: list[Expected]
    owed: list[Owed]
    movements: list[Movement]
    payouts: list[Payout]
    balance: int
    waits_for: str  # "", account, currency, minimum, reserve, debt, resident: why the next run pays nothing
    held: int  # of the balance, back for refunds
    withheld: int  # of the rest, should it be paid now

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
    def net(self) -> int:
        """What would be sent now."""
        return self.balance - self.held - self.withheld

    @property
    def minimum(self) -> int:
        """From how much on a payout is made."""
        return payouts.MINIMUM[self.currency]


def of(person: User, payee: Payee | None) -> list[Earnings]:
    """Return the person's money, one entry per currency they deal in."""
    coming, owed = expected.of(person), _owed_still(person)
    shared = [*_by_session(person), *_by_due(person), *_others(person)]
    paid = list(_payouts(person))
    balances = dict(_payable(person).values_list("account__currency").annotate(net=-Sum("amount")))
    held = reserves.held([person.pk])
    used = sorted({*(line.currency for line in coming), *(line.currency for line in owed), *balances})
    owing = {currency: (balances.get(currency, 0), held.get((person.pk, currency), 0)) for currency in used}
    return [_in(currency, coming, owed, shared, paid, owing[currency], payee) for currency in used]


def _payouts(person: User) -> QuerySet[Payout]:
    """Every payout, newest first, with the event that wrote it."""
    cause = Concat(Value("payout:"), Cast(OuterRef("pk"), CharField()))
    event = LedgerTransaction.objects.filter(cause=cause).values("pk")
    mine: QuerySet[Payout] = Payout.objects.filter(payee__person=person).order_by("-pk")
    return mine.annotate(event=Subquery(event))


def _in(
    currency: str,
    coming: list[Expected],
    owed: list[Owed],
    shared: list[Movement],
    paid: list[Payout],
    owing: tuple[int, int],  # and held back of it
    payee: Payee | None,
) -> Earnings:
    balance, held = owing
    free = max(0, balance - held)
    return Earnings(
        currency=currency,
        expected=[line for line in coming if line.currency == currency],
        owed=[line for line in owed if line.currency == currency],
        movements=sorted(
            (line for line in shared if line.currency == currency), key=lambda line: line.at, reverse=True
        ),
        payouts=[payout for payout in paid if payout.currency == currency],
        balance=balance,
        waits_for=_why_waiting(currency, balance, free, payee),
        held=held,
        withheld=taxes.withheld(payee, free).sum if payee and payee.currency == currency else 0,
    )


def _why_waiting(currency: str, balance: int, free: int, payee: Payee | None) -> str:
    if balance < 0:
        return "debt"
    if payee is None or not payee.enabled:
        return "account"
    if payee.currency != currency:
        return "currency" if balance else ""
    if free < payouts.MINIMUM[currency]:
        return "minimum" if balance < payouts.MINIMUM[currency] else "reserve"
    return "resident" if taxes.lacks_number(payee) else ""


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
        *(f"transaction__session__cohort__{field}" for field in RUN),
        "transaction__session__number",
    )
    summed = {"net": -Sum("amount"), "currency": F("account__currency"), "event": Min("transaction")}
    for at, *run, session, net, currency, event in named.annotate(**summed):
        yield Movement("release", at, names.full_name(*run), session, net, currency, event)


def _by_due(person: User) -> Iterator[Movement]:
    """What amounts of partners' terms brought, or took from a host: together for what happened at once."""
    due = "transaction__due__"
    named = (
        _payable(person)
        .filter(transaction__due__isnull=False)
        .values_list(f"{due}kind", *(f"{due}cohort__{field}" for field in RUN), f"{due}session__number")
    )
    summed = {"net": -Sum("amount"), "currency": F("account__currency"), "event": Min("transaction")}
    each = named.annotate(**summed, at=Max("transaction__at"))
    for kind, *run, session, net, currency, event, at in each:
        yield Movement(f"due-{kind}", at, names.full_name(*run), session, net, currency, event)


def _owed_still(person: User) -> list[Owed]:
    found: dict[tuple[int, str], Owed] = {}
    mine = dues.unpaid(Due.objects.filter(Q(person=person) | Q(cohort__study__payee=person)))
    for due in mine.select_related("cohort__study"):
        role, cohort = PARTNER if due.person_id == person.pk else HOST, due.cohort
        row = found.setdefault((cohort.pk, role), Owed(cohort.full_name, role, cohort.currency))
        row.amount += due.missing
    return list(found.values())


def _others(person: User) -> Iterator[Movement]:
    """What refunds, moves and fees took, or gave back, beside the sessions; payouts stand in a list of their own."""
    rows = _payable(person).filter(transaction__session=None, transaction__due=None)
    rows = rows.exclude(transaction__cause__startswith="payout")
    cohort = "transaction__line__enrollment__cohort"
    named = rows.values_list(
        "transaction__cause",
        "transaction__at",
        *(f"{cohort}__{field}" for field in RUN),
        "amount",
        "account__currency",
        "transaction",
    )
    for cause, at, study, wording, number, amount, currency, event in named:
        run = names.full_name(study, wording, number) if study else ""
        yield Movement(cause.partition(":")[0], at, run, None, -amount, currency, event)

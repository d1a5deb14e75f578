"""What a person earns: expected, released, paid, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum

from cohorts.models import Cohort, Leadership, Membership
from cohorts.policies import cohorts_run_by
from payments.models import LedgerAccount, LedgerEntry, PaymentLine, Payout
from payments.services import payouts, releases
from studyplatform.accounts.models import User
from studyplatform.kit import money

Kind = LedgerAccount.Kind


@dataclass(frozen=True)
class Expected:
    """What one cohort's coming sessions will still bring a person, in minor units."""

    cohort: Cohort
    amount: int
    seats: int
    role: str  # host or partner


@dataclass(frozen=True)
class Earnings:
    """One person's money in one currency."""

    currency: str
    expected: list[Expected]
    released: list[dict[str, Any]]
    payouts: list[Payout]
    balance: int

    @property
    def expected_total(self) -> int:
        """What is still to come."""
        return sum(line.amount for line in self.expected)

    @property
    def paid_total(self) -> int:
        """What has arrived."""
        return sum(payout.amount for payout in self.payouts if payout.state == Payout.State.PAID)


def of(person: User) -> list[Earnings]:
    """Return the person's money, one entry per currency they deal in."""
    coming = list(_expected_as_host(person)) + list(_expected_as_partner(person))
    entries = LedgerEntry.objects.filter(account__kind=Kind.PAYABLE, account__person=person)
    used = {line.cohort.currency for line in coming} | set(entries.values_list("account__currency", flat=True))
    return [_in_currency(person, currency, coming) for currency in sorted(used)]


def ready(person: User) -> list[tuple[int, str]]:
    """Return what the next payout run can pay the person: amounts in minor units with their currency."""
    return _owed(LedgerEntry.objects.filter(account__kind=Kind.PAYABLE, account__person=person))


def in_escrow(person: User) -> list[tuple[int, str]]:
    """Return what members paid for the person's cohorts and no session has shared yet, by currency."""
    cohorts = cohorts_run_by(person)
    return _owed(LedgerEntry.objects.filter(account__kind=Kind.ESCROW, account__cohort__in=cohorts))


def _owed(entries: QuerySet[LedgerEntry]) -> list[tuple[int, str]]:
    sums = entries.values_list("account__currency").annotate(total=-Sum("amount")).order_by("account__currency")
    return [(total, currency) for currency, total in sums if total > 0]


def _in_currency(person: User, currency: str, coming: list[Expected]) -> Earnings:
    return Earnings(
        currency=currency,
        expected=[line for line in coming if line.cohort.currency == currency],
        released=list(released(person, currency)),
        payouts=list(Payout.objects.filter(payee__person=person, currency=currency).order_by("-pk")),
        balance=payouts.owed(person.pk, currency),
    )


def released(person: User, currency: str) -> Any:
    """Return what was shared to the person, summed per session: study, cohort number, session, seats, amount."""
    mine = LedgerEntry.objects.filter(
        account__kind=Kind.PAYABLE,
        account__person=person,
        account__currency=currency,
        transaction__session__isnull=False,
    )
    return (
        mine.values(
            "transaction__session__cohort__study__title",
            "transaction__session__cohort__number",
            "transaction__session__number",
            "transaction__session__starts_at",
        )
        .annotate(total=-Sum("amount"))
        .order_by("-transaction__session__starts_at")
    )


def _expected_as_host(person: User) -> Iterator[Expected]:
    for cohort in cohorts_run_by(person).filter(study__payee=person):
        held = releases.held_by_line(cohort)
        leaders = _leaders(cohort)
        lines = PaymentLine.objects.filter(pk__in=held).select_related("enrollment__terms")
        amount = sum(_share(held[line.pk], line, leaders.get(line.enrollment_id))[2] for line in lines)
        if held:
            yield Expected(cohort, amount, len(held), "host")


def _expected_as_partner(person: User) -> Iterator[Expected]:
    led = Leadership.objects.filter(partner__person=person, period__endswith=None)
    for cohort in Cohort.objects.filter(subgroups__leaderships__in=led).select_related("study").distinct():
        held, leaders = releases.held_by_line(cohort), _leaders(cohort)
        lines = PaymentLine.objects.filter(pk__in=held).select_related("enrollment__terms")
        mine = [line for line in lines if leaders.get(line.enrollment_id) == person.pk]
        if mine:
            yield Expected(cohort, sum(_share(held[one.pk], one, person.pk)[1] for one in mine), len(mine), "partner")


def _leaders(cohort: Cohort) -> dict[int, int]:
    """Who leads each member's subgroup now: enrollment id -> person id."""
    leads = Leadership.objects.filter(subgroup__cohort=cohort, period__endswith=None, kind=Leadership.Kind.LEAD)
    leader = dict(leads.values_list("subgroup_id", "partner__person_id"))
    members = Membership.objects.filter(subgroup__cohort=cohort, until=None)
    return {m.enrollment_id: leader[m.subgroup_id] for m in members if m.subgroup_id in leader}


def _share(amount: int, line: PaymentLine, partner: int | None) -> list[int]:
    terms = line.enrollment.terms
    to_partner = terms.partner_share if partner else 0
    return money.split(amount, [terms.platform_share, to_partner, money.BASIS - terms.platform_share - to_partner])

"""Releases: after each session its part of what members paid is shared out of the cohort's escrow.

A seat's part is what the escrow still holds for it, divided by the sessions left; so refunds, late joining and
cancelled sessions need nothing of their own, and the last session leaves nothing behind.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Sum, Value
from django.utils import timezone

from cohorts.models import Cohort, Leadership, Membership, Session
from payments.models import LedgerAccount, LedgerEntry, PaymentLine
from payments.services import ledger
from studyplatform.kit import money

Kind = LedgerAccount.Kind


def due() -> QuerySet[Session]:
    """Return cohort-wide sessions that are over and whose part was not shared yet, with `ended_at`."""
    ended = ExpressionWrapper(F("starts_at") + F("minutes") * Value(datetime.timedelta(minutes=1)), DateTimeField())
    now = timezone.now()
    return (
        Session.objects.filter(subgroup=None, state=Session.State.PLANNED, released_at=None, starts_at__lte=now)
        .annotate(ended_at=ended)
        .filter(ended_at__lte=now)
        .exclude(cohort__state=Cohort.State.CALLED_OFF)
    )


@transaction.atomic
def release(session: Session) -> None:
    """Share one session's part of every seat; a second call does nothing."""
    row = Session.objects.select_for_update(of=("self",)).select_related("cohort__study").get(pk=session.pk)
    if row.released_at:
        return
    held, people = held_by_line(row.cohort), partners_at(row)
    lines = PaymentLine.objects.filter(pk__in=held).select_related("enrollment__terms").order_by("pk")
    accounts = Accounts(row.cohort)
    left = sessions_left(row)
    for line in lines:
        part = money.split(held[line.pk], [1] * left)[0]
        if part:
            shares = shares_of(part, line, people.get(line.enrollment_id), accounts)
            ledger.post(f"release:{row.pk}:{line.pk}", shares, session=row, line=line)
    row.released_at = timezone.now()
    row.save(update_fields=["released_at"])


def held_by_line(cohort: Cohort) -> dict[int, int]:
    """Return what the cohort's escrow holds for each payment line, in minor units; only lines with something left."""
    entries = LedgerEntry.objects.filter(account__kind=Kind.ESCROW, account__cohort=cohort)
    sums = (
        entries.filter(transaction__line__isnull=False).values_list("transaction__line").annotate(total=Sum("amount"))
    )
    return {line: -total for line, total in sums if total < 0}


def sessions_left(session: Session) -> int:
    """Return how many cohort-wide sessions are planned and not shared yet, this one included."""
    planned = Session.objects.filter(cohort=session.cohort_id, subgroup=None, state=Session.State.PLANNED)
    return max(1, planned.filter(released_at=None).count())


def partners_at(session: Session) -> dict[int, int]:
    """Return who led each member's subgroup when the session began: enrollment id -> person id."""
    leads = Leadership.objects.filter(subgroup__cohort=session.cohort_id, period__contains=session.starts_at)
    # A stand-in on that day is paid for that day.
    leader = {lead.subgroup_id: lead.partner.person_id for lead in leads.select_related("partner").order_by("kind")}
    members = Membership.objects.filter(subgroup__cohort=session.cohort_id, since__lte=session.starts_at)
    there = members.exclude(until__lte=session.starts_at)
    found = {m.enrollment_id: leader[m.subgroup_id] for m in there if m.subgroup_id in leader}
    return {**_placed_later(session, leader, found), **found}


def _placed_later(session: Session, leader: dict[int, int], found: dict[int, int]) -> dict[int, int]:
    """Members placed into a group only after the session count for the partner who has them now."""
    now_in = Membership.objects.filter(subgroup__cohort=session.cohort_id, until=None).exclude(enrollment__in=found)
    return {m.enrollment_id: leader[m.subgroup_id] for m in now_in if m.subgroup_id in leader}


@dataclass
class Accounts:
    """The accounts a release of one cohort moves money between, each looked up once."""

    cohort: Cohort

    def __post_init__(self) -> None:
        self.escrow = ledger.account(Kind.ESCROW, self.cohort.currency, cohort=self.cohort)
        self.platform = ledger.account(Kind.PLATFORM, self.cohort.currency)
        self.people: dict[int, LedgerAccount] = {}

    def person(self, person_id: int) -> LedgerAccount:
        """Return what is owed to a person."""
        if person_id not in self.people:
            self.people[person_id] = ledger.payable(person_id, self.cohort.currency)
        return self.people[person_id]


def shares_of(part: int, line: PaymentLine, partner: int | None, accounts: Accounts) -> dict[LedgerAccount, int]:
    """Split a seat's part to platform, partner and host by the terms frozen with the seat; the sum is exact."""
    terms: Any = line.enrollment.terms
    to_partner = terms.partner_share if partner else 0
    weights = [terms.platform_share, to_partner, money.BASIS - terms.platform_share - to_partner]
    platform, partner_part, host = money.split(part, weights)
    entries = {accounts.escrow: part, accounts.platform: -platform}
    for person, amount in ((partner, partner_part), (accounts.cohort.study.payee_id, host)):
        if person and amount:
            account = accounts.person(person)
            entries[account] = entries.get(account, 0) - amount
    return entries

"""Releases: after each session its part of what members paid is shared out of the cohort's escrow.

A seat's part is what the escrow still holds for it, divided by the sessions left; so refunds, late joining and
cancelled sessions need nothing of their own, and the last session leaves nothing behind.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from cohorts import clock
from cohorts.models import Cohort, Leadership, Membership, Session, Terms
from payments.models import LedgerAccount, LedgerEntry, Payment, PaymentLine
from payments.services import ledger
from studyplatform.kit import money

Kind = LedgerAccount.Kind


def due() -> QuerySet[Session]:
    """Return cohort-wide sessions that are over and whose part was not shared yet, with `ended_at`."""
    now = timezone.now()
    return (
        Session.objects.filter(subgroup=None, state=Session.State.PLANNED, released_at=None, starts_at__lte=now)
        .annotate(ended_at=clock.ENDS)
        .filter(ended_at__lte=now)
        .exclude(cohort__state=Cohort.State.CALLED_OFF)
    )


def to_come(cohort: Cohort) -> QuerySet[Session]:
    """Return the cohort-wide sessions that are planned and not shared yet: what the money in escrow is for."""
    return Session.objects.filter(cohort=cohort, subgroup=None, state=Session.State.PLANNED, released_at=None)


@transaction.atomic
def release(session: Session) -> None:
    """Share one session's part of every seat; a second call does nothing.

    The cohort's row is locked first: two sessions shared at once, or one beside a seat being paid for, would each
    divide the same money.
    """
    cohort = (
        Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("study").get(pk=session.cohort_id)
    )
    row = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    if row.released_at or row.state != Session.State.PLANNED or cohort.state == Cohort.State.CALLED_OFF:
        return
    ledger.post_all(_postings(row, cohort), session=row)
    row.released_at = timezone.now()
    row.save(update_fields=["released_at"])


def _postings(session: Session, cohort: Cohort) -> list[ledger.Posting]:
    lines = list(ledger.locked_lines(enrollment__cohort=cohort, payment__state=Payment.State.PAID))
    held, people, left = held_by_line([cohort.pk]), partners_at(session), to_come(cohort).count()
    accounts = Accounts(cohort, people.values())
    parts = [(line, money.split(held.get(line.pk, 0), [1] * left)[0]) for line in lines]
    return [
        ledger.Posting(
            f"release:{session.pk}:{line.pk}", shares_of(part, line, people.get(line.enrollment_id), accounts), line
        )
        for line, part in parts
        if part > 0
    ]


def held_by_line(cohorts: Iterable[int]) -> dict[int, int]:
    """Return what escrow holds for each line of some cohorts, in minor units; only lines with something left."""
    entries = LedgerEntry.objects.filter(account__kind=Kind.ESCROW, account__cohort__in=cohorts)
    sums = entries.filter(transaction__line__isnull=False).values_list("transaction__line").annotate(net=Sum("amount"))
    return {line: -net for line, net in sums.filter(net__lt=0)}


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


class Accounts:
    """The accounts a release of one cohort moves money between, looked up together."""

    def __init__(self, cohort: Cohort, partners: Iterable[int]) -> None:
        self.payee = cohort.study.payee_id
        self.escrow = ledger.account(Kind.ESCROW, cohort.currency, cohort=cohort)
        self.platform = ledger.account(Kind.PLATFORM, cohort.currency)
        self.people = ledger.payables({self.payee, *partners}, cohort.currency)


def shares_of(part: int, line: PaymentLine, partner: int | None, accounts: Accounts) -> dict[LedgerAccount, int]:
    """Split a seat's part to platform, partner and host by the terms frozen with the seat; the sum is exact."""
    platform, to_partner, host = split(part, line.enrollment.terms, partner)
    entries = {accounts.escrow: part, accounts.platform: -platform}
    for person, amount in ((partner, to_partner), (accounts.payee, host)):
        if person and amount:
            account = accounts.people[person]
            entries[account] = entries.get(account, 0) - amount
    return entries


def split(part: int, terms: Terms, partner: int | None) -> list[int]:
    """Return the parts of platform, partner and host; without a partner that share is the host's."""
    to_partner = terms.partner_share if partner else 0
    return money.split(part, [terms.platform_share, to_partner, money.BASIS - terms.platform_share - to_partner])

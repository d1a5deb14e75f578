"""Releases: after each session its part of what members paid is shared out of the cohort's escrow.

A seat's part is what the escrow still holds for it, divided by the sessions left; so refunds, late joining and
cancelled sessions need nothing of their own, and the last session leaves nothing behind. Partners' shares come out of
the seat; amounts of their terms out of the host's share (dues).
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from cohorts import clock
from cohorts.agreed import Agreed
from cohorts.models import Cohort, Enrollment, Leadership, Membership, Session
from payments.models import Due, LedgerAccount, LedgerEntry, Payment, PaymentLine
from payments.services import dues, ledger
from studyplatform.kit import money

Kind = LedgerAccount.Kind


class Part(NamedTuple):
    """What a session shares of one seat, in minor units, and who led its member."""

    line: PaymentLine
    amount: int
    held: int  # in escrow before
    partner: int | None


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
    cohort = dues.locked(session.cohort_id)
    row = Session.objects.get(pk=session.pk)
    if row.released_at or row.state != Session.State.PLANNED or cohort.state == Cohort.State.CALLED_OFF:
        return
    parts, agreed = _parts(row, cohort), Agreed([cohort.pk])
    for_members = _for_members(parts, cohort, agreed)
    ledger.post_all(_postings(row, cohort, parts, agreed), session=row)
    row.released_at = timezone.now()
    row.save(update_fields=["released_at"])
    dues.owe(cohort, Due.Kind.MEMBERS, for_members, session=row)
    dues.pay(cohort)


def share_rest(line: PaymentLine, cause: str) -> None:
    """Share what a locked line has in escrow when no session is left to share it: money a bank gave back late."""
    cohort = dues.locked(line.enrollment.cohort_id)
    shared = Session.objects.filter(cohort=cohort, subgroup=None, released_at__isnull=False)
    held, last = ledger.waiting_for(line), shared.order_by("-starts_at").first()
    if held <= 0 or not last or to_come(cohort).exists() or cohort.state == Cohort.State.CALLED_OFF:
        return
    part = Part(line, held, held, partners_at(last).get(line.enrollment_id))
    accounts = Accounts(cohort, {part.partner} if part.partner else set())
    ledger.post(f"release:{last.pk}:{cause}", shares_of(part, Agreed([cohort.pk]), accounts), session=last, line=line)
    dues.pay(cohort)


def _parts(session: Session, cohort: Cohort) -> list[Part]:
    lines = list(ledger.locked_lines(enrollment__cohort=cohort, payment__state=Payment.State.PAID))
    held, people, left = held_by_line([cohort.pk]), partners_at(session), to_come(cohort).count()
    parts = [
        Part(line, money.split(held.get(line.pk, 0), [1] * left)[0], held.get(line.pk, 0), people.get(seat))
        for line, seat in ((line, line.enrollment_id) for line in lines)
    ]
    return [part for part in parts if part.amount > 0]


def _postings(session: Session, cohort: Cohort, parts: list[Part], agreed: Agreed) -> list[ledger.Posting]:
    accounts = Accounts(cohort, {part.partner for part in parts if part.partner})
    return [
        ledger.Posting(f"release:{session.pk}:{part.line.pk}", shares_of(part, agreed, accounts), part.line)
        for part in parts
    ]


def _for_members(parts: list[Part], cohort: Cohort, agreed: Agreed) -> dict[int, int]:
    """Return what partners get for their members by this session: of each amount what the session is of the seat."""
    led = [(part, part.partner) for part in parts if part.partner]
    rates = [(part, who, agreed.for_seat(part.line.enrollment, who).amounts.per_member) for part, who in led]
    if not any(rate for _part, _who, rate in rates):
        return {}
    found: dict[int, int] = defaultdict(int)
    before = shared_by_line([cohort.pk])
    for part, who, rate in rates:
        shared = before.get(part.line.pk, 0)
        whole = shared + part.held
        found[who] += rate * (shared + part.amount) // whole - rate * shared // whole
    return found


def held_by_line(cohorts: Iterable[int]) -> dict[int, int]:
    """Return what escrow holds for each line of some cohorts, in minor units; only lines with something left."""
    entries = LedgerEntry.objects.filter(account__kind=Kind.ESCROW, account__cohort__in=cohorts)
    sums = entries.filter(transaction__line__isnull=False).values_list("transaction__line").annotate(net=Sum("amount"))
    return {line: -net for line, net in sums.filter(net__lt=0)}


def shared_by_line(cohorts: Iterable[int]) -> dict[int, int]:
    """Return what sessions have shared of each line of some cohorts, in minor units."""
    entries = LedgerEntry.objects.filter(account__kind=Kind.ESCROW, account__cohort__in=cohorts)
    released = entries.filter(transaction__cause__startswith="release:", transaction__session__isnull=False)
    return dict(released.values_list("transaction__line").annotate(sum=Sum("amount")))


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


def shares_of(part: Part, agreed: Agreed, accounts: Accounts) -> dict[LedgerAccount, int]:
    """Split a seat's part to platform, partner and host by the terms frozen with the seat; the sum is exact."""
    platform, to_partner, host = split(part.amount, part.line.enrollment, part.partner, agreed)
    entries = {accounts.escrow: part.amount, accounts.platform: -platform}
    for person, amount in ((part.partner, to_partner), (accounts.payee, host)):
        if person and amount:
            account = accounts.people[person]
            entries[account] = entries.get(account, 0) - amount
    return entries


def split(part: int, seat: Enrollment, partner: int | None, agreed: Agreed) -> list[int]:
    """Return the parts of platform, partner and host; without a partner that share is the host's."""
    platform = seat.terms.platform_share
    to_partner = agreed.for_seat(seat, partner).partner_share if partner else 0
    return money.split(part, [platform, to_partner, money.BASIS - platform - to_partner])

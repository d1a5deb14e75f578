"""Dues: what partners earn by the amounts of their terms, written once per fact and paid out of the host's share.

The host's share of a cohort is what its releases brought the payee, less what refunds and earlier dues took. A due is
paid as far as that goes, under the cohort's lock; the rest stays owed until the cohort brings the host more.
"""

from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts import clock
from cohorts.agreed import Agreed
from cohorts.models import Cohort, Enrollment, Leadership, Membership, Session, Terms
from payments.models import Due, LedgerEntry
from payments.services import ledger
from payments.services.ledger import Kind
from studyplatform.kit import money


def with_amounts() -> QuerySet[Terms]:
    """Return terms that give more than a share of each seat."""
    return Terms.objects.exclude(rules={})


def led() -> QuerySet[Session]:
    """Return sessions of groups that are over and whose partner was not paid for them yet, with `ended_at`."""
    held = Session.objects.filter(state=Session.State.PLANNED, released_at=None, subgroup__isnull=False)
    paid = held.filter(cohort__in=with_amounts().values("cohort")).exclude(cohort__state=Cohort.State.CALLED_OFF)
    return paid.annotate(ended_at=clock.ENDS).filter(ended_at__lte=timezone.now())


def ended() -> QuerySet[Cohort]:
    """Return finished cohorts whose partners have not got what they earn by the end, with `ended_at`."""
    over = Cohort.objects.filter(state=Cohort.State.FINISHED, rewarded_at=None)
    paid = over.filter(pk__in=with_amounts().values("cohort"))
    return paid.annotate(ended_at=Max("sessions__starts_at"))


@transaction.atomic
def reward_session(session: Session) -> None:
    """Owe whoever led a group's session what their terms give for one; a second call does nothing."""
    cohort = locked(session.cohort_id)
    row = Session.objects.get(pk=session.pk)
    if row.released_at or row.state != Session.State.PLANNED or cohort.state == Cohort.State.CALLED_OFF:
        return
    Session.objects.filter(pk=row.pk).update(released_at=timezone.now())
    leader = leader_of(row)
    if leader and _had_members(row):
        amount = Agreed([cohort.pk]).at(cohort.pk, leader, row.starts_at).amounts.per_session
        owe(cohort, Due.Kind.SESSION, {leader: amount}, session=row)
    pay(cohort)


@transaction.atomic
def reward_cohort(cohort: Cohort) -> None:
    """Owe who led to the end what their terms give for the whole cohort; a second call does nothing."""
    row = locked(cohort.pk)
    if row.state != Cohort.State.FINISHED or row.rewarded_at:
        return
    Cohort.objects.filter(pk=row.pk).update(rewarded_at=timezone.now())
    leaders, agreed = _leaders_at_the_end(row), Agreed([row.pk])
    end = max((session.starts_at for session in row.sessions.all()), default=timezone.now())
    rules = {person: agreed.at(row.pk, person, end).amounts for person in leaders}
    owe(row, Due.Kind.COHORT, {person: one.per_cohort for person, one in rules.items()})
    completing = {person: _completing(groups) for person, groups in leaders.items()}
    owe(row, Due.Kind.BONUS, {who: one.bonus for who, one in rules.items() if completing[who] >= one.bonus_from})
    pay(row)


def locked(cohort: int) -> Cohort:
    """Return a cohort's row, locked for whoever shares its money."""
    rows = Cohort.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("study").get(pk=cohort)


def leader_of(session: Session) -> int | None:
    """Return who led the session's group when it began; a stand-in of that day before the one who leads."""
    then = Leadership.objects.filter(subgroup=session.subgroup_id, period__contains=session.starts_at)
    return then.order_by("-kind").values_list("partner__person", flat=True).first()


def _had_members(session: Session) -> bool:
    sat = Membership.objects.filter(subgroup=session.subgroup_id, since__lte=session.starts_at)
    return sat.exclude(until__lte=session.starts_at).exists()


def _leaders_at_the_end(cohort: Cohort) -> dict[int, list[int]]:
    """Return who leads when the last session of their group begins: person id -> their groups."""
    planned = Q(subgroup__sessions__state=Session.State.PLANNED)
    leads = Leadership.objects.filter(subgroup__cohort=cohort, kind=Leadership.Kind.LEAD)
    last = leads.annotate(last=Max("subgroup__sessions__starts_at", filter=planned))
    found: dict[int, list[int]] = {}
    for lead in last.filter(period__contains=F("last")).select_related("partner").order_by("pk"):
        found.setdefault(lead.partner.person_id, []).append(lead.subgroup_id)
    return found


def _completing(groups: list[int]) -> int:
    """Return which part of the members of these groups completed, in basis points."""
    members = Enrollment.objects.filter(memberships__subgroup__in=groups, memberships__until=None)
    states = list(members.filter(state__in=Enrollment.BELONGS).values_list("state", flat=True))
    return states.count(Enrollment.State.COMPLETED) * money.BASIS // len(states) if states else -1


def owe(cohort: Cohort, kind: str, amounts: dict[int, int], session: Session | None = None) -> None:
    """Write what people earned by one fact, once; nothing for nothing, nor for whoever has the host's share."""
    Due.objects.bulk_create(
        [
            Due(kind=kind, cohort=cohort, person_id=person, session=session, amount=amount)
            for person, amount in amounts.items()
            if amount and person != cohort.study.payee_id
        ],
        ignore_conflicts=True,
    )


def unpaid(rows: QuerySet[Due]) -> QuerySet[Any]:
    """Return those of some dues that are not paid in full, in the order they are paid, with `paid` and `missing`."""
    return with_paid(rows).filter(missing__gt=0).order_by("at", "pk")


def with_paid(rows: QuerySet[Due]) -> QuerySet[Any]:
    """Add what the ledger says was paid of each due (`paid`), and what is not (`missing`)."""
    got = Q(payments__entries__account__person=F("person"))
    paid = Coalesce(Sum("payments__entries__amount", filter=got), 0)
    found: QuerySet[Any] = rows.annotate(paid=-paid).annotate(missing=F("amount") - F("paid"))
    return found


def pay(cohort: Cohort) -> None:
    """Pay what is owed to partners of a locked cohort, the oldest first, as far as the host's share of it goes."""
    open_still = list(unpaid(Due.objects.filter(cohort=cohort)))
    if not open_still:
        return
    host, left, postings = ledger.payable(cohort.study.payee_id, cohort.currency), hosts_share(cohort), []
    people = ledger.payables({due.person_id for due in open_still}, cohort.currency)
    for due in open_still:
        part = max(0, min(left, due.missing))
        left -= part
        if part:
            cause = f"due:{due.pk}:{due.paid}"  # what was paid before makes each part's cause its own
            postings.append(ledger.Posting(cause, {host: part, people[due.person_id]: -part}, due=due))
    ledger.post_all(postings)


def hosts_share(cohort: Cohort) -> int:
    """Return what a cohort has brought its payee so far, in minor units; less than nothing after refunds."""
    entries = LedgerEntry.objects.filter(account__kind=Kind.PAYABLE, account__person=cohort.study.payee_id)
    of_it = Q(transaction__line__enrollment__cohort=cohort) | Q(transaction__due__cohort=cohort)
    return -int(entries.filter(of_it).aggregate(total=Sum("amount"))["total"] or 0)

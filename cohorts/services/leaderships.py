"""Leaderships: who leads which subgroup, from when until when."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from cohorts import letters, partner_letters
from cohorts.models import Cohort, Leadership, Partner, Subgroup
from cohorts.services import cohorts
from studyplatform.accounts.models import User
from studyplatform.kit import history, page_cache
from studyplatform.kit.errors import Refused

DAY = datetime.timedelta(days=1)
PAGE = "partners"  # the generation of the page of partners


def lead_of(subgroup: Subgroup) -> Leadership | None:
    """Return who leads the subgroup now."""
    leads = Leadership.objects.filter(subgroup=subgroup, kind=Leadership.Kind.LEAD, period__contains=timezone.now())
    return leads.select_related("partner__person__profile").first()


def locked(subgroup: Subgroup) -> Subgroup:
    """Return the subgroup's row, locked; its cohort and study with it. Questions about it are locked after it."""
    rows = Subgroup.objects.select_for_update(of=("self",)).select_related("cohort__study")
    return rows.get(pk=subgroup.pk)


@transaction.atomic
def hand_over(actor: User, subgroup: Subgroup, partner: Partner) -> Leadership:
    """Let a partner lead from now on; whoever led stops, and the new one is told. Doing it again changes nothing."""
    row = locked(subgroup)
    standing = lead_of(row)
    if standing and standing.partner_id == partner.pk:
        return standing
    now = timezone.now()
    if standing:
        close(standing, now)
    letters.partner_named(row, partner, actor)
    leadership = Leadership.objects.create(subgroup=row, partner=partner, period=DateTimeTZRange(now, None))
    history.record(partner, partner.state, partner.state, actor, note=_note(leadership))
    changed(row.cohort)
    return leadership


@transaction.atomic
def take_away(actor: User, subgroup: Subgroup) -> None:
    """Let whoever leads the subgroup stop now, if anybody does."""
    standing = lead_of(locked(subgroup))
    if standing:
        close(standing, timezone.now())
        changed(subgroup.cohort)


@transaction.atomic
def assign(
    actor: User,
    partner: Partner,
    subgroup: Subgroup,
    *,
    kind: str = Leadership.Kind.LEAD,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
) -> Leadership:
    """Give a partner a subgroup: to lead from now on, or to stand in from a first to a last day.

    Raises Refused for who may not lead, a cohort that is over, another group of theirs at that hour.
    """
    row = Partner.objects.select_for_update().get(pk=partner.pk)
    if row.state != Partner.State.APPROVED:
        raise Refused(_("This person does not lead groups at the moment."))
    if subgroup.cohort.state in Cohort.OVER:
        raise Refused(_("This cohort is over. Its groups stay as they were."), field="subgroup")
    _refuse_clash(row, subgroup)
    if kind == Leadership.Kind.LEAD:
        return hand_over(actor, subgroup, row)
    return _stand_in(actor, row, subgroup, first, last)


def _stand_in(
    actor: User, partner: Partner, subgroup: Subgroup, first: datetime.date | None, last: datetime.date | None
) -> Leadership:
    """Whoever stands in is paid for those days, so they have an end."""
    if not first or not last or last < first:
        raise Refused(_("Say from which day to which day they stand in."), field="last")
    zone = subgroup.cohort.tz
    midnights = [datetime.datetime.combine(day, datetime.time(), zone) for day in (first, last + DAY)]
    leadership = Leadership.objects.create(
        subgroup=subgroup, partner=partner, kind=Leadership.Kind.STAND_IN, period=DateTimeTZRange(*midnights)
    )
    history.record(partner, partner.state, partner.state, actor, note=_note(leadership))
    partner_letters.stands_in(leadership, first, last)
    return leadership


def _refuse_clash(partner: Partner, subgroup: Subgroup) -> None:
    """Nobody leads two groups at one hour of the week; both are on their cohort's clock."""
    same = Subgroup.objects.filter(
        weekday=subgroup.weekday,
        cohort__zone=subgroup.cohort.zone,
        leaderships__partner=partner,
        leaderships__period__contains=timezone.now(),
    ).exclude(cohort__state__in=Cohort.OVER)
    for other in same.exclude(pk=subgroup.pk):
        if _from(other) < _until(subgroup) and _from(subgroup) < _until(other):
            raise Refused(_("They lead “%(topic)s” at that hour already.") % {"topic": other.topic}, field="subgroup")


def _from(group: Subgroup) -> int:
    return group.meets_at.hour * 60 + group.meets_at.minute


def _until(group: Subgroup) -> int:
    return _from(group) + group.minutes


def close(leadership: Leadership, now: datetime.datetime) -> None:
    """End a leadership; the time before stays, and stays paid."""
    leadership.period = DateTimeTZRange(leadership.period.lower, now)
    leadership.save(update_fields=["period"])


def changed(cohort: Cohort) -> None:
    """Make every kept page old that names who leads."""
    cohorts.changed(cohort)
    page_cache.bump(PAGE)


def _note(leadership: Leadership) -> str:
    return f"{leadership.get_kind_display()}: {leadership.subgroup} ({leadership.subgroup.cohort})"

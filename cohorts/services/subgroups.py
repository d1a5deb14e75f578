"""Subgroups of a cohort, and who sits in which."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrollment, Leadership, Subgroup
from cohorts.services import cohorts, partner_invitations, partners, seats, sessions
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused

MOST_AT_ONCE = 50


@transaction.atomic
def add(host: User, cohort: Cohort, *, partner_email: str = "", count: int = 1, **plan: Any) -> list[Subgroup]:
    """Add a subgroup, or `count` alike, numbered in their topic; only the first gets the partner."""
    row = cohorts.locked(cohort)
    _refuse_if_over(row)
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused(_("Add between 1 and 50 at a time."), field="count")
    last = row.subgroups.aggregate(last=Max("position"))["last"]
    start = 0 if last is None else last + 1
    added = [
        Subgroup.objects.create(cohort=row, position=start + place, **_numbered(plan, place, count))
        for place in range(count)
    ]
    if partner_email:
        partners.appoint(host, added[0], partner_email)
    if row.state != Cohort.State.DRAFT:
        for subgroup in added:
            sessions.write_for(row, subgroup)
    cohorts.changed(row)
    return added


def _numbered(plan: dict[str, Any], place: int, count: int) -> dict[str, Any]:
    if count == 1:
        return plan
    number = f" {place + 1}"
    return {**plan, "topic": plan["topic"][: 60 - len(number)] + number}


@transaction.atomic
def change(host: User, subgroup: Subgroup, *, partner_email: str = "", **plan: Any) -> Subgroup:
    """Change a subgroup. Its weekly time stays once sessions are written and somebody is in it."""
    cohort = cohorts.locked(subgroup.cohort)
    _refuse_if_over(cohort)
    row = Subgroup.objects.select_for_update().get(pk=subgroup.pk)
    moved = any(getattr(row, name) != plan[name] for name in ("weekday", "meets_at", "minutes"))
    if moved and row.memberships.exists():
        raise Refused(
            _("People chose this group for its time, so it stays. You can move single sessions."), field="weekday"
        )
    if plan["capacity"] < row.taken:
        raise Refused(
            _("%(taken)s people are in this group. Give it at least as many seats.") % {"taken": row.taken},
            field="capacity",
        )
    for name, value in plan.items():
        setattr(row, name, value)
    row.save()
    if moved and cohort.state != Cohort.State.DRAFT:
        row.sessions.all().delete()
        sessions.write_for(cohort, row)
    partners.appoint(host, row, partner_email)
    cohorts.changed(cohort)
    return row


@transaction.atomic
def remove(host: User, subgroup: Subgroup) -> None:
    """Remove a subgroup nobody has ever been in."""
    cohort = cohorts.locked(subgroup.cohort)
    row = Subgroup.objects.select_for_update().get(pk=subgroup.pk)
    if row.memberships.exists():
        raise Refused(_("People are or were in this group. Move them first; the group stays for their records."))
    row.sessions.all().delete()
    partner_invitations.take_back(host, row)
    row.invitations.all().delete()
    Leadership.objects.filter(subgroup=row).delete()
    row.delete()
    cohorts.changed(cohort)


@transaction.atomic
def place(host: User, enrollment: Enrollment, subgroup: Subgroup) -> None:
    """Put a member into a subgroup, out of the one they are in. Raises Refused when it is full."""
    row = Enrollment.objects.select_for_update().get(pk=enrollment.pk)
    if row.state not in Enrollment.BELONGS:
        raise Refused(_("This person is not in the cohort any more."))
    standing = row.memberships.filter(until=None).first()
    if standing and standing.subgroup_id == subgroup.pk:
        return
    touched = [subgroup.pk, *([standing.subgroup_id] if standing else [])]
    list(Subgroup.objects.select_for_update().filter(pk__in=touched).order_by("pk"))  # one order for everybody
    seats.leave_subgroup(row)
    seats.join_subgroup(row, subgroup)


def _refuse_if_over(cohort: Cohort) -> None:
    if cohort.state in Cohort.OVER:
        raise Refused(_("This cohort is over. Its groups stay as they were."))

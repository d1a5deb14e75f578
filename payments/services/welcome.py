"""Who and what somebody who has just joined meets first."""

from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils import timezone

from cohorts.models import Enrollment, Session
from cohorts.policies import enrollments_in
from cohorts.refunds import Rung
from payments.services import choices

FACES = 3


def to(enrollment: Enrollment) -> dict[str, Any]:
    """Return the subgroup with its partner, three members with what they share, and the first session."""
    membership = enrollment.memberships.filter(until=None).first()
    groups = choices.subgroups(enrollment.cohort) if membership else []
    own = next((choice for choice in groups if membership and choice.subgroup.pk == membership.subgroup_id), None)
    belong = enrollments_in(enrollment.cohort)
    return {
        "own": own,
        "members": _members(enrollment, membership.subgroup_id if membership else None),
        "count": belong.count(),
        "first_session": _first_session(enrollment, membership.subgroup_id if membership else None),
        "rungs": _rungs(enrollment),
    }


def _rungs(enrollment: Enrollment) -> list[Rung]:
    """What leaving still gives back; a day that has passed says nothing any more."""
    rungs = choices.refund_rungs(enrollment.cohort, enrollment.price, enrollment)
    return [rung for rung in rungs if rung.before > timezone.now()]


def _members(enrollment: Enrollment, subgroup: int | None) -> list[Enrollment]:
    """Those who introduced themselves first, of the same subgroup first among them."""
    silent = Case(When(introduction="", then=Value(1)), default=Value(0))
    others = enrollments_in(enrollment.cohort).exclude(pk=enrollment.pk)
    same = Q(memberships__subgroup=subgroup, memberships__until=None) if subgroup else Q(pk=None)
    elsewhere = Case(When(same, then=Value(0)), default=Value(1))
    return list(
        others.annotate(silent=silent, elsewhere=elsewhere).order_by("silent", "elsewhere", "-joined_at")[:FACES]
    )


def _first_session(enrollment: Enrollment, subgroup: int | None) -> Session | None:
    coming = enrollment.cohort.sessions.filter(state=Session.State.PLANNED, starts_at__gt=timezone.now())
    return coming.filter(Q(subgroup=None) | Q(subgroup=subgroup)).order_by("starts_at").first()

"""The people of a cohort as its host sees them."""

from typing import Any

from django.db.models import Case, Prefetch, Q, QuerySet, When

from cohorts import nudging
from cohorts.models import Cohort, Enrollment, Membership, Presentation, SeatGift
from cohorts.standing import POSTS, TURNS

NEWEST = 20
STATES = {"paying": Enrollment.HOLDS, "waiting": ("waitlisted",)}


def roster(cohort: Cohort, *, show: str = "", words: str = "") -> QuerySet[Any]:
    """Return members with `posts`, `turns`, `places` (their open membership) and `resting` notes, newest first.

    `show` narrows: "unplaced", "without_turn", "paying", "waiting" (the first in line in front), or the id of a
    subgroup. `words` are part of a name or a work.
    """
    states = STATES.get(show, Enrollment.BELONGS)
    people: QuerySet[Any] = Enrollment.objects.filter(cohort=cohort, state__in=states)
    if words:
        people = people.filter(
            Q(person__profile__pen_name__icontains=words) | Q(person__profile__work__icontains=words)
        )
    counted: QuerySet[Any] = _narrowed(people, show).annotate(posts=POSTS, turns=TURNS)
    order = ("pk",) if show == "waiting" else ("-joined_at", "-pk")
    return counted.select_related("person__profile", "group").prefetch_related(_places(), _notes()).order_by(*order)


def gifts(cohort: Cohort) -> QuerySet[SeatGift]:
    """Return the seats members have offered to somebody: those on the way, then what became of the newest."""
    waits = Case(When(state=SeatGift.State.PENDING, then=0), default=1)
    found = SeatGift.objects.filter(enrollment__cohort=cohort).select_related("enrollment__person__profile")
    return found.select_related("place__person__profile").order_by(waits, "-pk")[:NEWEST]


def _narrowed(people: QuerySet[Any], show: str) -> QuerySet[Any]:
    placed = Membership.objects.filter(until=None)
    if show == "unplaced":
        return people.exclude(pk__in=placed.values("enrollment"))
    if show == "without_turn":
        return people.exclude(pk__in=Presentation.objects.filter(state__in=Presentation.TAKEN).values("enrollment"))
    if show.isdecimal():
        return people.filter(pk__in=placed.filter(subgroup=int(show)).values("enrollment"))
    return people


def _places() -> Prefetch[Any]:
    open_ones = Membership.objects.filter(until=None).select_related("subgroup")
    return Prefetch("memberships", queryset=open_ones, to_attr="places")


def _notes() -> Prefetch[Any]:
    """The note each was sent this week, if any."""
    return Prefetch("nudges", queryset=nudging.resting(), to_attr="resting")

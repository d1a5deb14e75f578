"""What a company may read: of its people who said yes, which of the cohort's sessions they were at. Reads only."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cohorts import clock
from cohorts.models import Contribution, Enrollment, SeatGroup, Session
from cohorts.services import attendance, group_seats
from studyplatform.kit import moments


@dataclass(frozen=True)
class Attended:
    """One person: which sessions of the cohort they were at, of those held since they have the seat."""

    place: Enrollment
    there: list[Session]
    held: list[Session]


def of(group: SeatGroup) -> list[Attended]:
    """Return those who let the company see it, in four queries."""
    yes = attendance.who_shows(group)
    places = [place for place in group_seats.taken(group) if place.person_id in yes]
    over = list(clock.over(Session.objects.filter(cohort=group.cohort, subgroup=None, state="planned")))
    keys: dict[int, set[str]] = defaultdict(set)
    came = Contribution.objects.filter(enrollment__in=places, kind=attendance.ATTENDANCE, voided_at=None)
    for place, key in came.values_list("enrollment", "key"):
        keys[place].add(key)
    return [_one(place, sorted(over, key=lambda one: one.starts_at), keys[place.pk]) for place in places]


def _one(place: Enrollment, over: list[Session], keys: set[str]) -> Attended:
    held = [one for one in over if not place.joined_at or one.ends_at >= place.joined_at]
    return Attended(place, [one for one in held if f"session:{one.public_id}" in keys], held)


def header() -> list[str]:
    """Return the names of the columns of the report."""
    return [_("Name"), _("E-mail"), _("Session"), _("When"), _("There")]


def rows(group: SeatGroup) -> Iterator[list[Any]]:
    """Yield a row per person and session held."""
    for one in of(group):
        for session in one.held:
            when = moments.in_zone(session.starts_at, group.cohort.zone).isoformat(" ", "minutes")
            there = _("yes") if session in one.there else _("no")
            yield [one.place.person.name, one.place.person.email, session.name, when, there]

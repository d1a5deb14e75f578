"""What somebody who joins can choose from."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cohorts import clock, faces, refunds
from cohorts.models import Cohort, Enrollment, Subgroup
from cohorts.refunds import Rung
from studyplatform.accounts.models import User


@dataclass(frozen=True)
class Choice:
    """A subgroup, who leads it now, and when it first meets (UTC)."""

    subgroup: Subgroup
    partner: User | None
    first_at: datetime.datetime


def subgroups(cohort: Cohort) -> list[Choice]:
    """Return the cohort's subgroups, the one that meets first at the top, in two queries."""
    groups: list[Any] = list(faces.with_partners(list(cohort.subgroups.select_related("cohort"))))
    found = [Choice(group, group.leader, _first_at(cohort, group)) for group in groups]
    return sorted(found, key=lambda choice: choice.first_at)


def _first_at(cohort: Cohort, group: Subgroup) -> datetime.datetime:
    days = (group.weekday - cohort.starts_on.weekday()) % 7
    first = cohort.starts_on + datetime.timedelta(days=days)
    return datetime.datetime.combine(first, group.meets_at, cohort.tz).astimezone(datetime.UTC)


def refund_rungs(cohort: Cohort, paid: int, place: Enrollment | None = None) -> list[Rung]:
    """Return what comes back to somebody who pays `paid` (minor units) and leaves, worked out in money.

    For a `place` the rule is the one agreed with it, counted from when it was taken; for a new seat, from now on.
    """
    policy = place.policy if place else cohort.policy
    since = place.joined_at if place else None
    return refunds.ladder(policy, paid, clock.starts(cohort), cohort.tz, since or timezone.now())

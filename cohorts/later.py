"""The plan of a cohort's next run: what stays as it was, and every date later by the same whole weeks."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from cohorts import agreed, pricing, weekly
from cohorts.models import Cohort, Study
from studyplatform.kit import money

PAUSE = datetime.timedelta(weeks=2)  # between two runs, and to invite people before the next
KEPT = ("zone", "meets_at", "minutes", "weeks", "turns_per_session", "link", "minimum", "currency", "posts_needed")
FIRST = ("alumni_hours", "followers_hours", "presale_seats")  # who joins before everybody does, and to how many seats
MOVED = ("starts_on", "opens_at", "closes_at", "minimum_by")


def next_plan(study: Study) -> dict[str, Any] | None:
    """Return the last cohort's plan with its dates moved behind it, for the form of the next one."""
    last = study.cohorts.select_related("seats", "policy").order_by("-number").first()
    return plan(last) if last else None


def plan(cohort: Cohort) -> dict[str, Any]:
    """Return a cohort's plan as the verbs take it, its dates behind every other run of the study."""
    weeks = weeks_later(cohort)
    return {
        **{name: getattr(cohort, name) for name in (*KEPT, *FIRST)},
        **{name: later(getattr(cohort, name), weeks, cohort.tz) for name in MOVED},
        "policy": cohort.policy.preset,
        "capacity": cohort.seats.capacity,
        "price": pricing.standard(cohort),
        "early": early_later(cohort, weeks),
        "partner_share": min(agreed.standing(cohort).partner_share, most_for_partners()),
    }


def early_later(cohort: Cohort, weeks: int) -> pricing.Early | None:
    """Return the cohort's early price with its end so many weeks later."""
    early = pricing.early_of(cohort)
    return pricing.Early(**{**early, "until": later(early["until"], weeks, cohort.tz)}) if early else None


def most_for_partners() -> int:
    """Return the largest share partners can have beside the platform's, in basis points."""
    return int(money.BASIS - settings.PLATFORM_SHARE)


def weeks_later(cohort: Cohort) -> int:
    """Return by how many whole weeks the next run comes later: behind every run planned, its own dates to come."""
    runs = cohort.study.cohorts.exclude(state=Cohort.State.CALLED_OFF)
    free = max((run.ends_on + PAUSE for run in runs), default=cohort.starts_on)
    behind = (free - cohort.starts_on).days
    to_come = (timezone.localdate() + PAUSE - min(_days(cohort))).days
    return max(1, -(-max(behind, to_come) // 7))


def _days(cohort: Cohort) -> list[datetime.date]:
    """The days on which something is decided or begins."""
    moments = [moment for moment in (cohort.closes_at, cohort.minimum_by) if moment]
    return [cohort.starts_on, *(moment.astimezone(cohort.tz).date() for moment in moments)]


def later(day: Any, weeks: int, zone: ZoneInfo) -> Any:
    """Return a day, or a moment by its hour on the wall, so many weeks later; nothing stays nothing."""
    if day is None:
        return None
    if not isinstance(day, datetime.datetime):
        return day + weeks * weekly.WEEK
    wall = day.astimezone(zone)
    return weekly.moment(wall.date() + weeks * weekly.WEEK, wall.time(), zone)

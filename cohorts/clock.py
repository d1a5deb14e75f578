"""Sessions by the clock: what is still to come or going on, and what is over."""

import datetime
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value
from django.utils import timezone

from cohorts.models import Cohort, Partner, Session, Subgroup

ENDS = ExpressionWrapper(
    F("starts_at") + F("minutes") * Value(datetime.timedelta(minutes=1)), output_field=DateTimeField()
)


def coming(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return sessions that have not ended, soonest first; cancelled ones too."""
    return sessions.alias(ends=ENDS).filter(ends__gt=timezone.now()).order_by("starts_at", "pk")


def over(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return sessions that have ended, latest first."""
    return sessions.alias(ends=ENDS).filter(ends__lte=timezone.now()).order_by("-starts_at", "-pk")


def starts(cohort: Cohort) -> list[datetime.datetime]:
    """Return when the sessions of the whole cohort that are planned begin, the first one first."""
    planned = cohort.sessions.filter(subgroup=None, state=Session.State.PLANNED)
    return list(planned.order_by("starts_at").values_list("starts_at", flat=True))


def first_of_all(cohort: Cohort) -> Session | None:
    """Return the next session the whole cohort meets in, None when none is to come."""
    planned = cohort.sessions.filter(subgroup=None, state=Session.State.PLANNED, starts_at__gt=timezone.now())
    return planned.order_by("starts_at").first()


def week_of(cohort: Cohort) -> int:
    """Return which week of the cohort it is on its own clock: 0 before it starts, at most its last."""
    days = (timezone.now().astimezone(cohort.tz).date() - cohort.starts_on).days
    return max(0, min(days // 7 + 1, cohort.weeks))


def next_meeting(subgroup: Subgroup, zone: ZoneInfo) -> datetime.datetime:
    """Return the next moment of a subgroup's weekday and time on the cohort's clock, whether or not it meets then."""
    now = timezone.now().astimezone(zone)
    day = now.date() + datetime.timedelta(days=(subgroup.weekday - now.weekday()) % 7)
    start = datetime.datetime.combine(day, subgroup.meets_at, zone)
    return start if start > now else datetime.datetime.combine(day + datetime.timedelta(7), subgroup.meets_at, zone)


def led_by(partner: Partner, sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return those of the sessions that began and belong to a group the partner led or stood in for just then."""
    led = {
        "subgroup__leaderships__partner": partner,
        "subgroup__leaderships__period__contains": F("starts_at"),
    }
    return sessions.filter(state=Session.State.PLANNED, starts_at__lte=timezone.now(), **led).distinct()

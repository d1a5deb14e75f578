"""The weekly rule: the same hour on the wall, whatever the clocks do in between."""

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

WEEK = datetime.timedelta(weeks=1)


def moment(day: datetime.date, clock: datetime.time, zone: ZoneInfo) -> datetime.datetime:
    """Return the UTC moment of a wall-clock time.

    An hour the clocks skip is met one step later (02:30 becomes 03:30); an hour they repeat is met the first time.
    """
    return datetime.datetime.combine(day, clock.replace(fold=0), zone).astimezone(datetime.UTC)


def end_of(day: datetime.date, zone: ZoneInfo) -> datetime.datetime:
    """Return the last second of a day in a zone."""
    return moment(day, datetime.time(23, 59, 59), zone)


def starts(
    first: datetime.date, clock: datetime.time, zone: ZoneInfo, weeks: int, *, weekday: int | None = None
) -> Iterator[datetime.datetime]:
    """Yield one start per week. A week begins on the weekday of `first`; `weekday` names another day inside it."""
    later = 0 if weekday is None else (weekday - first.weekday()) % 7
    for week in range(weeks):
        yield moment(first + datetime.timedelta(days=later) + week * WEEK, clock, zone)

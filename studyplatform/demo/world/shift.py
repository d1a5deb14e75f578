"""Moves every date of the world at once, so that it lives on however long the demo was off, and for the demo's bar.

The columns are found by looking at the models. The ledger refuses every change; here alone its guard, like all
triggers, is off for the length of one transaction, and only dates are written. The local Stripe's own past stays
where it is: the product keeps no date it would ask there again, and an old page of Stripe's has simply run out.
"""

import datetime
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import connection, models, transaction
from django.utils import timezone

from cohorts.models import Cohort, Session, Subgroup

WEEK = datetime.timedelta(weeks=1)
OUTSIDE = {"sessions"}  # who is signed in stays so
BY = "make_interval(secs => %(seconds)s)"


def catch_up() -> int:
    """Bring a world that stood still forward by the whole weeks it was off; return how many.

    Weeks, because weekdays stay true; no more than it was off, because what has happened must not lie ahead.
    """
    latest = last_seen()
    weeks = (timezone.now() - latest) // WEEK if latest else 0
    if weeks > 0:
        move(weeks * WEEK, on_the_clock=True)
    return max(weeks, 0)


def back(by: datetime.timedelta) -> None:
    """Move the world towards the past, to the second, so that now is `by` later in its life."""
    with transaction.atomic():
        move(-by, on_the_clock=False)
        for cohort in Cohort.objects.all():
            _say_anew(cohort)


def last_seen() -> datetime.datetime | None:
    """Return when anything last happened: the latest moment that a row noted by itself."""
    found = (
        model._default_manager.filter(**{f"{column.name}__lte": timezone.now()}).aggregate(
            latest=models.Max(column.name)
        )
        for model in tables()
        for column in model._meta.local_fields
        if _noted(column)
    )
    return max((one["latest"] for one in found if one["latest"]), default=None)


def tables() -> Iterator[type[models.Model]]:
    """Yield every model with a date of its own to move."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in OUTSIDE and dates(model):
            yield model


def dates(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """Return the columns of a model that say when."""
    return [one for one in model._meta.local_fields if isinstance(one, (models.DateField, DateTimeRangeField))]


def _noted(column: "models.Field[Any, Any]") -> bool:
    """Tell columns that note the present from those that plan (a queue's `due_at`)."""
    by_itself = getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False)
    return by_itself or (column.default is timezone.now and column.name != "due_at")


@transaction.atomic
def move(by: datetime.timedelta, *, on_the_clock: bool) -> None:
    """Move every date, all or none; `on_the_clock` by days on each cohort's own calendar and clock."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the ledger's guard, see above
        for model in tables():
            changes = ", ".join(f'"{one.column}" = {_later(model, one, on_the_clock)}' for one in dates(model))
            for which, values in _steps(model, by):
                cursor.execute(
                    f'UPDATE "{model._meta.db_table}" SET {changes}{which}', {"seconds": by.total_seconds(), **values}
                )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def _steps(model: type[models.Model], by: datetime.timedelta) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what one UPDATE is about: a whole table, but ranges that may not overlap one by one, the foremost first."""
    ranges = [one.name for one in dates(model) if isinstance(one, DateTimeRangeField)]
    if not ranges:
        yield "", {}
        return
    for row in model._default_manager.order_by(("-" if by > datetime.timedelta() else "") + ranges[0]):
        yield f' WHERE "{model._meta.pk.column}" = %(pk)s', {"pk": row.pk}


def _later(model: type[models.Model], column: "models.Field[Any, Any]", on_the_clock: bool) -> str:
    name = f'"{column.column}"'
    zone = _zone(model) if on_the_clock else "'UTC'"
    if isinstance(column, DateTimeRangeField):
        return f"tstzrange({_plus(f'lower({name})', zone)}, {_plus(f'upper({name})', zone)})"
    if isinstance(column, models.DateTimeField):
        return _plus(name, zone)
    return f"({name} + {BY})::date"


def _plus(moment: str, zone: str) -> str:
    """Add days to what a clock in the zone shows, not hours to the moment: 20:00 stays 20:00 when clocks change."""
    return f"({moment} AT TIME ZONE {zone} + {BY}) AT TIME ZONE {zone}"


def _zone(model: type[models.Model]) -> str:
    """Return the clock a model's dates are told on: its cohort's, else the site's."""
    if model is Cohort:
        return '"zone"'
    if any(one.name == "cohort" and one.related_model is Cohort and not one.null for one in model._meta.local_fields):
        return f'(SELECT zone FROM "{Cohort._meta.db_table}" WHERE id = "{model._meta.db_table}"."cohort_id")'
    return f"'{ZoneInfo(settings.TIME_ZONE).key}'"


def _say_anew(cohort: Cohort) -> None:
    """Let the weekly rules say what the sessions do, which now meet on another day and hour."""
    first = _first(cohort.sessions.filter(subgroup=None), cohort.tz)
    if first:
        Cohort.objects.filter(pk=cohort.pk).update(starts_on=first.date(), meets_at=first.time())
    for group in cohort.subgroups.all():
        meets = _first(group.sessions.all(), cohort.tz)
        if meets:
            Subgroup.objects.filter(pk=group.pk).update(weekday=meets.weekday(), meets_at=meets.time())


def _first(sessions: "models.QuerySet[Session]", zone: ZoneInfo) -> datetime.datetime | None:
    start = sessions.order_by("starts_at").values_list("starts_at", flat=True).first()
    return start.astimezone(zone) if start else None

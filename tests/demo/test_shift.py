"""A demo that was off for weeks lives on: every date moves, by whole weeks, and clocks on the wall stay true."""

import datetime
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from cohorts.models import Cohort, Leadership, Session, Subgroup
from payments.models import LedgerEntry, LedgerTransaction
from payments.services import ledger
from studyplatform.demo.world import shift
from studyplatform.kit import history
from tests.people import lead, make_cohort, sign_in

pytestmark = pytest.mark.django_db

KEYS = {"cohorts_seats": "cohort_id"}  # a table whose rows go by another's
DAY, WEEK = datetime.timedelta(days=1), datetime.timedelta(weeks=1)


@pytest.fixture
def lived(cohort: Cohort, member: Any, partner: Any) -> Cohort:
    """A cohort with people, leaders one after the other, and money in the ledger."""
    with transaction.atomic():
        history.record(cohort, "draft", "open", member)
    return cohort


def moments() -> dict[tuple[str, int, str], Any]:
    """Every date of the world, by table, row and column; found another way than the shift finds them."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('timestamp with time zone', 'date', 'tstzrange')"
            " AND table_name NOT IN ('django_migrations', 'django_session')"
        )
        for table, column in cursor.fetchall():
            key = KEYS.get(table, "id")
            cursor.execute(f'SELECT "{key}", "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
            found.update({(table, pk, column): value for pk, value in cursor.fetchall()})
    return found


def off_for(days: int) -> None:
    """Let the whole world be so many days older, as if nobody had started it since."""
    shift.back(days * DAY)


def test_a_world_off_for_weeks_comes_forward_by_as_many_and_nothing_is_left_behind(lived: Cohort) -> None:
    before = moments()
    off_for(14)
    assert shift.catch_up() == 2
    after = moments()
    assert len(before) >= 20
    assert after == before


@pytest.mark.parametrize(("days", "weeks"), [(0, 0), (6, 0), (8, 1), (20, 2), (36, 5)])
def test_no_more_weeks_than_it_was_off(lived: Cohort, days: int, weeks: int) -> None:
    off_for(days)
    old = moments()
    assert shift.catch_up() == weeks
    assert shift.catch_up() == 0
    assert {key: value for key, value in moments().items() if isinstance(value, datetime.datetime)} == {
        key: value + weeks * WEEK for key, value in old.items() if isinstance(value, datetime.datetime)
    }
    assert shift.last_seen() <= timezone.now()


def test_every_column_of_our_models_that_says_when_is_moved() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('timestamp with time zone', 'date', 'tstzrange')"
        )
        there = {name for (name,) in cursor.fetchall()}
    moved = {f"{model._meta.db_table}.{one.column}" for model in shift.tables() for one in shift.dates(model)}
    left = {"django_migrations.applied", "django_session.expire_date"}
    assert there - moved - left == set()
    assert {"payments_ledgertransaction.at", "cohorts_leadership.period", "cohorts_cohort.starts_on"} <= moved


def test_eight_in_the_evening_stays_eight_when_the_clocks_change(host: Any, study: Any) -> None:
    zone = ZoneInfo("America/Los_Angeles")
    cohort = make_cohort(study, zone=str(zone), subgroups=0)
    session = cohort.sessions.order_by("number").first()
    evening = datetime.datetime(2026, 10, 29, 20, tzinfo=zone)  # the clocks go back on the first of November
    Session.objects.filter(pk=session.pk).update(starts_at=evening)
    shift.move(2 * WEEK, on_the_clock=True)
    session.refresh_from_db()
    assert session.starts_at.astimezone(zone) == datetime.datetime(2026, 11, 12, 20, tzinfo=zone)
    assert session.starts_at - evening == 2 * WEEK + datetime.timedelta(hours=1)


@pytest.mark.parametrize("move", [lambda: shift.move(WEEK, on_the_clock=True), lambda: shift.back(WEEK)])
def test_leaders_one_after_the_other_stay_so(lived: Cohort, member: Any, move: Callable[[], None]) -> None:
    group = lived.subgroups.first()
    now = timezone.now()
    Leadership.objects.filter(subgroup=group).update(period=(now - 30 * DAY, now - 2 * DAY))
    lead(member, group)
    Leadership.objects.filter(subgroup=group, partner__person=member).update(period=(now - 2 * DAY, None))
    move()
    first, second = Leadership.objects.filter(subgroup=group).order_by("period")
    assert first.period.upper == second.period.lower
    assert second.period.upper is None


def test_moved_back_a_weekly_rule_says_when_its_sessions_meet(lived: Cohort) -> None:
    shift.back(3 * DAY + datetime.timedelta(hours=5, minutes=20))
    lived.refresh_from_db()
    start = lived.sessions.filter(subgroup=None).earliest("starts_at").starts_at.astimezone(lived.tz)
    assert (lived.starts_on, lived.meets_at) == (start.date(), start.time())


def test_the_ledger_keeps_its_guard(lived: Cohort, ledger_row: LedgerTransaction) -> None:
    sums = list(LedgerEntry.objects.order_by("pk").values_list("account", "amount"))
    at = ledger_row.at
    shift.back(WEEK)
    ledger_row.refresh_from_db()
    assert ledger_row.at == at - WEEK
    assert list(LedgerEntry.objects.order_by("pk").values_list("account", "amount")) == sums
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        LedgerTransaction.objects.update(at=timezone.now())


@pytest.fixture
def ledger_row(lived: Cohort) -> LedgerTransaction:
    kind = ledger.Kind
    sides = {ledger.account(kind.STRIPE, "KRW"): 100, ledger.account(kind.PLATFORM, "KRW"): -100}
    with transaction.atomic():
        ledger.post("shift:1", sides)
    return LedgerTransaction.objects.get()


def test_who_is_signed_in_stays_so(lived: Cohort, member: Any) -> None:
    browser = sign_in(member)
    shift.back(40 * DAY)
    assert browser.get("/home/").status_code == 200


def test_an_empty_database_has_nothing_to_catch_up_with() -> None:
    assert shift.last_seen() is None
    assert shift.catch_up() == 0


def test_columns_are_of_the_kinds_the_shift_knows() -> None:
    kinds = {type(one) for model in shift.tables() for one in shift.dates(model)}
    assert kinds <= {models.DateTimeField, models.DateField, DateTimeRangeField}
    assert Subgroup not in set(shift.tables())

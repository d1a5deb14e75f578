"""What comes back to who leaves: a table of dates by preset in won, worked out by hand from the law named beside it.

The cohort meets six Tuesdays at 20:00 in Seoul, 3 March to 7 April 2026; 150,000 won were paid.
"""

import datetime
from zoneinfo import ZoneInfo

import pytest

from cohorts import refunds
from cohorts.models import RefundPolicy
from cohorts.presets import PRESETS

SEOUL = ZoneInfo("Asia/Seoul")
SIX = [datetime.datetime(2026, 3, 3, 20, tzinfo=SEOUL) + datetime.timedelta(weeks=week) for week in range(6)]

# Lifelong Education Act decree, table 3, note 5: what was paid, by the sessions still to come of all.
# "Leaves" names the moment in Seoul; one that begins at that very minute is still to come.
BY_SESSIONS = """
02-01 12:00  150000   a month before: 6 of 6
03-03 00:00  150000   the first day, before the session: 6 of 6
03-03 19:59  150000
03-03 20:00  125000   the first has begun: 5 of 6
03-05 09:00  125000
03-10 19:59  125000
03-10 20:00  100000   4 of 6
03-12 00:00  100000
03-17 19:59  100000
03-17 20:00  75000    3 of 6
03-20 10:00  75000
03-24 20:00  50000    2 of 6
03-31 19:59  50000
03-31 20:00  25000    1 of 6
04-07 19:59  25000
04-07 20:00  0        none is left
05-01 00:00  0
"""

# Private Academies Act decree, table 4: all before the start; two thirds before 1/3 has passed; half before 1/2; then
# nothing. From 3 March 00:00 to 24 hours after the last session begins it is 884 hours: 1/3 is 294 h 40 min, 1/2 442 h.
BY_THIRDS = """
02-01 12:00  150000
03-02 23:59  150000   the day before
03-03 00:00  100000   the first day has begun
03-10 20:00  100000
03-15 06:39  100000   before 1/3 has passed
03-15 06:40  75000    at 1/3
03-17 20:00  75000
03-21 09:59  75000    before 1/2 has passed
03-21 10:00  0        at 1/2
03-24 20:00  0
04-07 20:00  0
"""

# The host's own word, better than the law's: come once and still get all of it back, then by sessions.
TRY_FIRST = """
02-01 12:00  150000
03-03 20:00  150000
03-10 19:59  150000   before the second begins
03-10 20:00  100000   4 of 6
03-17 19:59  100000
03-17 20:00  75000
03-24 20:00  50000
03-31 20:00  25000
04-07 20:00  0
"""

# The host's own word: all of it for seven days. The first day does not count and the seventh does to its end (Civil
# Act 157, 159): from 3 March to the end of 10 March. Never less than article 17 of the E-Commerce Act gives.
SEVEN_DAYS = """
02-01 12:00  150000
03-03 20:00  150000
03-09 12:00  150000
03-10 20:00  150000   the second session has begun, the seventh day has not ended
03-10 23:59  150000
03-11 00:00  0
04-07 20:00  0
"""

# The host's own tiers: 70 % to the end of the 14th day (17 March), 40 % to that of the 28th (31 March). In the seven
# days of article 17 never less than what has not begun: 5/6 is more than 70 %, 4/6 is not.
BY_DATE = """
02-01 12:00  150000
03-03 19:59  150000
03-03 20:00  125000   5/6 by law, more than 105,000
03-10 19:59  125000
03-10 20:00  105000   4/6 by law would be 100,000
03-11 00:00  105000
03-17 23:59  105000
03-18 00:00  60000
03-24 20:00  60000
03-31 23:59  60000
04-01 00:00  0
04-07 20:00  0
"""

# E-Commerce Act, article 17: seven days from when the service begins (paragraph 1), for the part of a divisible
# service that has not begun (paragraph 2, number 5).
BY_LAW = """
02-01 12:00  150000   nothing has begun
03-03 19:59  150000
03-03 20:00  125000
03-10 19:59  125000
03-10 20:00  100000
03-10 23:59  100000
03-11 00:00  0        seven days are over
03-17 20:00  0
04-07 20:00  0
"""

TABLES = {
    "remaining_sessions": BY_SESSIONS,
    "thirds_and_halves": BY_THIRDS,
    "try_first": TRY_FIRST,
    "seven_days": SEVEN_DAYS,
    "by_date": BY_DATE,
    "by_law": BY_LAW,
}
ROWS = [(name, line.split()[:3]) for name, table in TABLES.items() for line in table.strip().splitlines()]


def policy(name: str) -> RefundPolicy:
    return RefundPolicy(preset=name, data=PRESETS[name])


def back(name: str, at: datetime.datetime, paid: int = 150_000, starts: list = SIX, since: object = None) -> int:
    rung = refunds.in_force(refunds.ladder(policy(name), paid, starts, SEOUL, since), at)
    return rung.amount if rung else 0


def seoul(day: str, clock: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=SEOUL)


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name} {' '.join(row)}" for name, row in ROWS])
def test_what_comes_back(name: str, row: list[str]) -> None:
    day, clock, amount = row
    assert back(name, seoul(day, clock)) == int(amount)


def test_the_table_is_long_enough() -> None:
    assert len(ROWS) >= 60
    assert set(TABLES) == set(RefundPolicy.Preset.values)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("count", [1, 2, 3, 6, 13])
@pytest.mark.parametrize("paid", [150_000, 100_001, 7, 0])
def test_later_never_gives_more_and_never_more_than_was_paid(name: str, count: int, paid: int) -> None:
    starts = [SIX[0] + datetime.timedelta(weeks=week) for week in range(count)]
    hours = (SIX[0] + datetime.timedelta(hours=hour) for hour in range(-200, 24 * 7 * (count + 1), 5))
    amounts = [back(name, at, paid, starts) for at in hours]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] == paid
    assert amounts[-1] == 0


@pytest.mark.parametrize("name", [one for one in TABLES if one != "thirds_and_halves"])  # which academies have by law
@pytest.mark.parametrize("count", [1, 2, 6])
def test_no_rule_is_harsher_than_the_law(name: str, count: int) -> None:
    starts = SIX[:count]
    for hour in range(-48, 24 * 50):
        at = SIX[0] + datetime.timedelta(hours=hour)
        assert back(name, at, starts=starts) >= back("by_law", at, starts=starts)


def test_a_won_is_rounded_in_the_members_favour() -> None:
    """100,001 × 3/6 = 50,000.5."""
    assert back("remaining_sessions", seoul("03-17", "20:00"), 100_001) == 50_001


def test_who_joins_late_pays_for_and_leaves_by_the_sessions_from_then_on() -> None:
    """Joined on 18 March, after the third session: three are what was paid for."""
    joined = seoul("03-18", "09:00")
    amounts = [back("remaining_sessions", seoul(*at), 75_000, since=joined) for at in (("03-20", "09:00"),)]
    assert amounts == [75_000]
    assert back("remaining_sessions", seoul("03-24", "20:00"), 75_000, since=joined) == 50_000
    assert back("by_law", seoul("03-31", "19:59"), 75_000, since=joined) == 50_000
    assert back("by_law", seoul("04-01", "00:00"), 75_000, since=joined) == 0
    assert back("thirds_and_halves", seoul("03-23", "23:59"), 75_000, since=joined) == 75_000


def test_a_session_the_host_cancelled_does_not_count_as_passed() -> None:
    """The second of six fell out: on 12 March one of five has passed."""
    met = [start for start in SIX if start != SIX[1]]
    assert back("remaining_sessions", seoul("03-12", "00:00"), starts=met) == 120_000


def test_nothing_paid_is_nothing_back() -> None:
    assert back("remaining_sessions", SIX[0], 0) == 0
    assert back("remaining_sessions", SIX[0], starts=[]) == 0

"""What a person gets back when they leave, worked out from the policy they bought under.

Rules follow the Korean presets a host may choose: by remaining sessions (Lifelong Education Act decree, table 3,
note 5), by thirds and halves (Private Academies Act decree, table 4), by the days the E-Commerce Act gives. Not legal
advice; the pages say so too.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from cohorts.models import RefundPolicy

Step = tuple[datetime.datetime, Fraction]  # who leaves before the moment gets the share


@dataclass(frozen=True)
class Rung:
    """Who leaves before `before` (UTC) gets `amount` back (minor units), the share of what was paid."""

    before: datetime.datetime
    share: Fraction
    amount: int
    sessions_left: int


def ladder(
    policy: RefundPolicy,
    paid: int,
    starts: Sequence[datetime.datetime],
    zone: ZoneInfo,
    since: datetime.datetime | None = None,
) -> list[Rung]:
    """Return the rungs in time order; after the last one nothing comes back.

    `starts` are the start times of the cohort-wide sessions in order; who joined late, at `since`, paid for those that
    began after it. Later never gives more. Rounded half up, in the member's favour.
    """
    bought = [start for start in starts if since is None or start >= since]
    if not bought:
        return []
    rungs: list[Rung] = []
    for before, share in _steps(policy, bought, zone):
        rung = Rung(before, share, _half_up(paid * share), sum(1 for start in bought if start >= before))
        if rungs and rung.share == rungs[-1].share:
            rungs[-1] = rung
        else:
            rungs.append(rung)
    return [rung for rung in rungs if rung.share]


def in_force(rungs: Sequence[Rung], at: datetime.datetime) -> Rung | None:
    """Return the rung that holds at a moment; None after the last one."""
    return next((rung for rung in rungs if at < rung.before), None)


def _steps(policy: RefundPolicy, starts: list[datetime.datetime], zone: ZoneInfo) -> list[Step]:
    preset = RefundPolicy.Preset
    if policy.preset == preset.THIRDS_AND_HALVES:
        return _by_elapsed_share(policy, starts, zone)
    if policy.preset == preset.TRY_FIRST and len(starts) > 1:
        return [(starts[1], Fraction(1)), *_by_sessions(starts)[2:]]
    if policy.preset == preset.SEVEN_DAYS:
        return [(_week_after(starts[0], zone), Fraction(1))]
    if policy.preset == preset.BY_DATE:
        return _better(_by_days(policy, starts, zone), _by_law(starts, zone))
    if policy.preset == preset.BY_LAW:
        return _by_law(starts, zone)
    return _by_sessions(starts)


def _by_sessions(starts: list[datetime.datetime]) -> list[Step]:
    return [(start, Fraction(len(starts) - i, len(starts))) for i, start in enumerate(starts)]


def _by_law(starts: list[datetime.datetime], zone: ZoneInfo) -> list[Step]:
    """Who buys online may withdraw for seven days from the first session on, for what has not begun.

    E-Commerce Act, article 17: paragraph 1 gives the days, paragraph 2 number 5 keeps the part not yet begun.
    """
    end = _week_after(starts[0], zone)
    left = Fraction(sum(1 for start in starts if start >= end), len(starts))
    return [*(step for step in _by_sessions(starts) if step[0] < end), (end, left)]


def _week_after(start: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """The first day does not count, the seventh does to its end (Civil Act, articles 157 and 159)."""
    day = start.astimezone(zone).date() + datetime.timedelta(days=8)
    return datetime.datetime.combine(day, datetime.time(), zone)


def _by_days(policy: RefundPolicy, starts: list[datetime.datetime], zone: ZoneInfo) -> list[Step]:
    """All until the first session; then what the policy's data says: [days after its day, part, of]; last the end."""
    first = starts[0].astimezone(zone).date()
    steps = [(starts[0], Fraction(1))]
    for days, share, of in policy.data["steps"]:
        end = datetime.datetime.combine(first + datetime.timedelta(days=days), datetime.time(), zone)
        steps.append((min(end, starts[-1]), Fraction(share, of)))
    return steps


def _better(one: list[Step], other: list[Step]) -> list[Step]:
    """Return the steps that give at every moment the better of two rules."""
    return [(at, max(_share_at(one, at), _share_at(other, at))) for at in sorted({at for at, _ in one + other})]


def _share_at(steps: list[Step], at: datetime.datetime) -> Fraction:
    """The share in the moments just before `at`."""
    return next((share for before, share in steps if before >= at), Fraction(0))


def _by_elapsed_share(policy: RefundPolicy, starts: list[datetime.datetime], zone: ZoneInfo) -> list[Step]:
    """Before the first day all; "before 1/3 has passed" includes the moment it passes (the better rate)."""
    first_day = datetime.datetime.combine(starts[0].astimezone(zone).date(), datetime.time(), zone)
    length = starts[-1] + datetime.timedelta(days=1) - first_day
    steps = [(first_day, Fraction(1))]
    for part, whole, share, of in policy.data["steps"]:
        steps.append((first_day + length * part / whole, Fraction(share, of)))
    return steps


def _half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))

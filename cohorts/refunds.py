"""What a person gets back when they leave, worked out from the policy they bought under.

Rules follow the Korean presets a host may choose: by remaining sessions (Lifelong Education Act decree, table 3,
note 5), by thirds and halves (Private Academies Act decree, table 4). Not legal advice; the pages say so too.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from cohorts.models import RefundPolicy


@dataclass(frozen=True)
class Rung:
    """Who leaves before `before` (UTC) gets `amount` back (minor units), the share of what was paid."""

    before: datetime.datetime
    share: Fraction
    amount: int
    sessions_left: int


def ladder(policy: RefundPolicy, paid: int, starts: Sequence[datetime.datetime], zone: ZoneInfo) -> list[Rung]:
    """Return the rungs in time order; after the last one nothing comes back.

    `starts` are the start times of the cohort-wide sessions in order. Later never gives more. Rounded half up, in
    the member's favour.
    """
    if not starts:
        return []
    rungs: list[Rung] = []
    for index, (before, share) in enumerate(_steps(policy, list(starts), zone)):
        left = sum(1 for start in starts if start >= before)
        rung = Rung(before, share, _half_up(paid * share), left)
        if index and rung.share == rungs[-1].share:
            rungs[-1] = rung
        else:
            rungs.append(rung)
    return [rung for rung in rungs if rung.share]


def due(
    policy: RefundPolicy, paid: int, starts: Sequence[datetime.datetime], zone: ZoneInfo, at: datetime.datetime
) -> int:
    """Return what leaving at `at` gives back, in minor units."""
    rung = in_force(ladder(policy, paid, starts, zone), at)
    return rung.amount if rung else 0


def in_force(rungs: Sequence[Rung], at: datetime.datetime) -> Rung | None:
    """Return the rung that holds at a moment; None after the last one."""
    return next((rung for rung in rungs if at < rung.before), None)


def _steps(
    policy: RefundPolicy, starts: list[datetime.datetime], zone: ZoneInfo
) -> list[tuple[datetime.datetime, Fraction]]:
    if policy.preset == RefundPolicy.Preset.THIRDS_AND_HALVES:
        return _by_elapsed_share(policy, starts, zone)
    by_sessions = [(start, Fraction(len(starts) - i, len(starts))) for i, start in enumerate(starts)]
    if policy.preset == RefundPolicy.Preset.TRY_FIRST and len(starts) > 1:
        return [(starts[1], Fraction(1)), *by_sessions[2:]]
    return by_sessions


def _by_elapsed_share(
    policy: RefundPolicy, starts: list[datetime.datetime], zone: ZoneInfo
) -> list[tuple[datetime.datetime, Fraction]]:
    """Before the first day all; "before 1/3 has passed" includes the moment it passes (the better rate)."""
    first_day = datetime.datetime.combine(starts[0].astimezone(zone).date(), datetime.time(), zone)
    length = starts[-1] + datetime.timedelta(days=1) - first_day
    steps = [(first_day, Fraction(1))]
    for part, whole, share, of in policy.data["steps"]:
        steps.append((first_day + length * part / whole, Fraction(share, of)))
    return steps


def _half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))

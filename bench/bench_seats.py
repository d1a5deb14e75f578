"""Seats held in a rush, beside the least a database can do for each: one update of one row in a transaction.

Both are pressed by processes of their own, as buyers of a real site are, each with one connection.
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from bench import crowd
from bench.result import Result
from cohorts.models import Cohort, Enrollment, Seats
from cohorts.services import seats
from studyplatform.accounts.models import User
from tests.people import make_cohort, make_person, make_study

BUYERS, AT_ONCE, ROUNDS = 1_600, 8, 7
WARM = 20  # of each process, before the clock starts

Work = Callable[[Cohort, User], object]


def measure() -> list[Result]:
    """Hold seats of one cohort and update one row by turns, A B A B."""
    study = make_study(make_person("bench-seats", "벤치"), slug="bench-seats")
    numbers = count(1)
    rates: dict[str, list[float]] = {"hold": [], "bare": []}
    for _ in range(ROUNDS):
        for name, work in (("hold", _hold), ("bare", _bare)):
            cohort = make_cohort(study, number=next(numbers), capacity=2 * BUYERS)
            rates[name].append(_rate(work, cohort, crowd.people(BUYERS)))
            _refuse_lost(cohort, BUYERS if work is _hold else 0)
    hold, bare = (statistics.median(rates[name]) for name in ("hold", "bare"))
    how = f"{BUYERS:,} buyers in {AT_ONCE} processes, medians of {ROUNDS} by turns"
    return [
        Result("seats.share_of_hot_row", hold / bare, "x", f"{how}, over one bare update of the same row"),
        Result("seats.held", hold, "/s", how),
        Result("seats.bare", bare, "/s", how),
    ]


def _refuse_lost(cohort: Cohort, held: int) -> None:
    found = Enrollment.objects.filter(cohort=cohort, state="held").count()
    if (Seats.objects.get(cohort=cohort).taken, found) != (BUYERS, held):
        raise SystemExit("a seat was lost")


def _rate(work: Work, cohort: Cohort, buyers: list[User]) -> float:
    """Return how many a second are served, from the moment everybody is ready until the last one is."""
    connection.close()  # no process may share one
    cache.close()
    fork = multiprocessing.get_context("fork")
    gate, times = fork.Barrier(AT_ONCE), fork.Queue()
    hands = [fork.Process(target=_press, args=(work, cohort, buyers[n::AT_ONCE], gate, times)) for n in range(AT_ONCE)]
    for hand in hands:
        hand.start()
    took = [times.get(timeout=120) for _ in hands]
    for hand in hands:
        hand.join()
    return (len(buyers) - WARM * AT_ONCE) / (max(end for _, end in took) - min(start for start, _ in took))


def _press(work: Work, cohort: Cohort, buyers: list[User], gate: Any, times: Any) -> None:
    for buyer in buyers[:WARM]:
        work(cohort, buyer)
    gate.wait(60)
    start = time.monotonic()
    for buyer in buyers[WARM:]:
        work(cohort, buyer)
    times.put((start, time.monotonic()))
    connection.close()


def _hold(cohort: Cohort, buyer: User) -> None:
    seats.hold(buyer, cohort)


def _bare(cohort: Cohort, buyer: User) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cohorts_seats SET taken = taken + 1 WHERE cohort_id = %s AND taken < capacity", [cohort.pk]
        )

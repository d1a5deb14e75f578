"""Seats held in a rush, beside the least a database can do for each: one update of one row in a transaction."""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from django.db import connection, transaction

from bench import crowd
from bench.result import Result
from cohorts.models import Cohort, Seats
from cohorts.services import seats
from studyplatform.accounts.models import User
from tests.people import make_cohort, make_person, make_study

BUYERS, AT_ONCE, ROUNDS = 200, 8, 5


def measure() -> list[Result]:
    """Hold seats of one cohort and update one row by turns, A B A B."""
    study = make_study(make_person("bench-seats", "벤치"), slug="bench-seats")
    numbers = count(1)
    rates: dict[str, list[float]] = {"hold": [], "bare": []}
    for _ in range(ROUNDS):
        for name, work in (("hold", _hold), ("bare", _bare)):
            cohort = make_cohort(study, number=next(numbers), capacity=2 * BUYERS)
            rates[name].append(_rate(work, cohort, crowd.people(BUYERS)))
            if Seats.objects.get(cohort=cohort).taken != BUYERS:
                raise SystemExit("a seat was lost")
    hold, bare = (statistics.median(rates[name]) for name in ("hold", "bare"))
    how = f"{BUYERS} buyers, {AT_ONCE} at once, medians of {ROUNDS} by turns"
    return [
        Result("seats.share_of_hot_row", hold / bare, "x", f"{how}, over one bare update of the same row"),
        Result("seats.held", hold, "/s", how),
    ]


def _rate(work: Callable[[Cohort, User], object], cohort: Cohort, buyers: list[User]) -> float:
    def one(buyer: User) -> None:
        work(cohort, buyer)

    with ThreadPoolExecutor(AT_ONCE, initializer=connection.ensure_connection) as threads:
        list(threads.map(one, buyers[:AT_ONCE]))  # connections are made, caches warm
        start = time.perf_counter()
        list(threads.map(one, buyers[AT_ONCE:]))
        took = time.perf_counter() - start
        list(threads.map(lambda _: connection.close(), range(AT_ONCE * 4)))
    return (len(buyers) - AT_ONCE) / took


def _hold(cohort: Cohort, buyer: User) -> None:
    seats.hold(buyer, cohort)


def _bare(cohort: Cohort, buyer: User) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cohorts_seats SET taken = taken + 1 WHERE cohort_id = %s AND taken < capacity", [cohort.pk]
        )

"""Work on connections of its own: in the same moment, or one after the other while a lock is held from outside."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db import connection

from studyplatform.kit.errors import Refused

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
SEATS = "cohorts_enrollment"


@contextmanager
def locked(sql: str) -> Iterator[Any]:
    """Hold a row's lock from another connection, so that whoever needs it waits inside its transaction."""
    at = connection.settings_dict
    other = psycopg2.connect(dbname=at["NAME"], user=at["USER"], password=at["PASSWORD"], host=at["HOST"])
    with other, other.cursor() as cursor:
        cursor.execute(sql)
        yield cursor
    other.close()


def waits_for_lock() -> int:
    """Return how many connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def tried(work: Callable[[], Any]) -> Callable[[], str]:
    """Return work that tells whether it was done, on a connection of its own."""

    def run() -> str:
        try:
            return "not done" if work() is False else "done"
        except Refused:
            return "refused"
        finally:
            connection.close()

    return run


def in_turn(*works: Callable[[], Any], table: str = SEATS) -> list[str]:
    """Let each ask for a row while somebody has its lock, one after the other; then all go on at once."""
    with ThreadPoolExecutor(len(works)) as pool, locked(f"SELECT 1 FROM {table} FOR UPDATE"):
        asked = []
        for work in works:
            asked.append(pool.submit(tried(work)))
            _until_they_wait(asked)
    return [one.result() for one in asked]


def _until_they_wait(asked: list[Future[str]]) -> None:
    """Give them time to come to a lock; one that needs none of these rows is done before."""
    for _ in range(100):
        time.sleep(0.1)
        if waits_for_lock() >= sum(not one.done() for one in asked):
            return
    raise AssertionError("neither done nor waiting")


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Let all begin in the same moment."""
    gate = threading.Barrier(len(works))

    def through(work: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            gate.wait()
            return work()

        return run

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(lambda work: tried(through(work))(), works))

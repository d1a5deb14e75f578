"""Real processes killed with -9 at every step (I-26): before and after each commit, before and after each call outside.

A child is forked off the test; it has a connection of its own. Its steps are where something becomes durable, here or
at Stripe: what lies between two of them is undone by the database. So nothing has to be marked by hand.
"""

import os
import signal
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import stripe as library
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from payments import gateway

Work = Callable[[], Any]
OURS = ("/payments/", "/cohorts/", "/studyplatform/kit/queue.py", "/studyplatform/mail/")


def steps_of(work: Work) -> list[str]:
    """Do the work in a process of its own, to its end; return its steps in order."""
    reading, writing = os.pipe()
    child = _fork(work, writing, at=None)
    os.close(writing)
    with os.fdopen(reading) as told:
        steps = told.read().splitlines()
    assert os.waitpid(child, 0)[1] == 0, "it did not come to its end"
    return steps


def kill(work: Work, at: int) -> None:
    """Do the work in a process of its own until a step, and kill it there."""
    child = _fork(work, os.open(os.devnull, os.O_WRONLY), at)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL, "it had already ended"


def _fork(work: Work, writing: int, at: int | None) -> int:
    connection.close()  # nobody shares one
    child = os.fork()
    if not child:
        _live(work, writing, at)
    return child


def _live(work: Work, writing: int, at: int | None) -> None:
    """Be the child: work, tell each step, and end without cleaning up after the parent."""
    gateway._client_for.cache_clear()
    told = 0

    def step(name: str) -> None:
        nonlocal told
        if told == at:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(writing, f"{name}\n".encode())
        told += 1

    _watch(step)
    try:
        work()
        step("the end")
        connections.close_all()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _watch(step: Callable[[str], None]) -> None:
    """Have every commit and every call outside tell of itself; in this process only."""
    commit, request = BaseDatabaseWrapper.commit, library.RequestsClient.request

    def committing(self: Any) -> None:
        who = _who()
        step(f"before the commit of {who}")
        commit(self)
        step(f"after the commit of {who}")

    def asking(self: Any, method: str, url: str, *args: Any, **more: Any) -> Any:
        call = f"{method.upper()} {urlsplit(url).path}"
        step(f"before {call}")
        answer = request(self, method, url, *args, **more)
        step(f"after {call}")
        return answer

    BaseDatabaseWrapper.commit = committing  # type: ignore[method-assign]
    library.RequestsClient.request = asking  # type: ignore[method-assign]


def _who() -> str:
    """Return which verb of ours commits."""
    frames = [one for one in traceback.extract_stack() if any(part in one.filename for part in OURS)]
    return frames[-1].name if frames else "nobody"

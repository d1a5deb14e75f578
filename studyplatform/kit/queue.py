"""Rows are the queue: claim due rows, work on each outside a transaction, record the end under the claim's token.

What was claimed and not finished becomes due again when its lease ends, so the drain is its own sweeper and
emptying the broker loses nothing. Back-off is a column.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery import current_app, shared_task
from django.core.cache import cache
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from studyplatform.kit import history
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Queued

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # outlasts the task's time limit
BATCH = 20
LONGEST_RUN = 30  # seconds
FIRST_BACKOFF = 10  # seconds, doubled by each attempt


@dataclass(frozen=True)
class Queue:
    """A named table of work: its due rows, oldest first, and how late the oldest may be (seconds)."""

    name: str
    due: Callable[[], models.QuerySet[Any]]
    due_column: str
    overdue_after: int
    run: Callable[[], int]


QUEUES: dict[str, Queue] = {}
Work = Callable[[Any], None]


def drains(name: str, model: type[models.Model], *, overdue_after: int = 600) -> Callable[[Work], Any]:
    """Make a function of one claimed row the worker of a queue, and an argument-free Celery task of that name.

    The function runs without a transaction and ends by `done`, `later` or `again_at`; an exception counts as `later`.
    """

    def register(work: Work) -> Any:
        def due() -> Any:
            return model.queue.due()  # type: ignore[attr-defined]

        return _register(Queue(name, due, "due_at", overdue_after, lambda: _batches(lambda: _claimed(name, due, work))))

    return register


def sweeps(
    name: str,
    find: Callable[[], models.QuerySet[Any]],
    due_column: str,
    *,
    overdue_after: int = 600,
    prepare: Callable[[], object] | None = None,
) -> Callable[[Work], Any]:
    """Make a verb of one row the worker of all rows `find` returns, for work that never leaves the database.

    No claim is needed: the verb locks the row, looks again, and its change takes the row out of what `find` returns.
    `prepare` runs first and may write the rows the clock asks for.
    """

    def register(verb: Work) -> Any:
        def due() -> Any:
            return find().order_by(due_column)

        failed: set[Any] = set()  # one bad row must not block those behind it in this run

        def batch() -> int:
            rows = list(due().exclude(pk__in=failed)[:BATCH])
            failed.update(row.pk for row in rows if not _attempt(name, verb, row))
            return len(rows)

        def run() -> int:
            failed.clear()
            if prepare:
                prepare()
            return _batches(batch)

        return _register(Queue(name, due, due_column, overdue_after, run))

    return register


def _register(queue: Queue) -> Any:
    QUEUES[queue.name] = queue

    @shared_task(name=queue.name)
    def task() -> int:
        return drain(queue.name)

    return task


def drain(name: str) -> int:
    """Work through what is due in a queue for at most 30 s; return how many rows were taken."""
    _forget_wake(name)
    return QUEUES[name].run()


def _batches(batch: Callable[[], int]) -> int:
    taken, began = 0, time.monotonic()
    while time.monotonic() - began < LONGEST_RUN:
        count = batch()
        taken += count
        if count < BATCH:
            break
    return taken


def _claimed(name: str, due: Callable[[], Any], work: Work) -> int:
    rows = claim(due())
    for row in rows:
        if not _attempt(name, work, row):
            later(row, row.error)
    return len(rows)


def _attempt(name: str, work: Work, row: Any) -> bool:
    try:
        work(row)
    except Exception as error:  # one bad row must not stop the others; it is kept, told and tried again
        log.exception("%s failed on row %s", name, row.pk)
        row.error = repr(error)
        return False
    return True


def claim(rows: Any, limit: int = BATCH) -> list[Any]:
    """Take up to `limit` due rows in one short transaction; nobody else gets them until the lease ends."""
    now = timezone.now()
    with transaction.atomic():
        taken = list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])
        for row in taken:
            row.claim_token, row.claimed_at = uuid.uuid4(), now
            row.attempts, row.due_at = row.attempts + 1, now + LEASE
            row.save(update_fields=["claim_token", "claimed_at", "attempts", "due_at"])
    return taken


def done(row: Any, **fields: Any) -> bool:
    """Record the end of a claimed row; False when the lease was lost to another worker and nothing was written."""
    return _record(row, done_at=timezone.now(), error="", **fields)


def give_up(row: Any, reason: str) -> bool:
    """End a claimed row without its work done, keeping why; False when the lease was lost to another worker."""
    return _record(row, done_at=timezone.now(), error=reason[:2000])


def later(row: Any, error: str, **fields: Any) -> bool:
    """Put a claimed row back with a growing delay and the reason; False when the lease was lost."""
    seconds = min(FIRST_BACKOFF * 2 ** min(row.attempts, 12), row.LONGEST_BACKOFF)
    return _record(row, due_at=timezone.now() + timedelta(seconds=seconds), error=error[:2000], **fields)


def again_at(row: Any, when: Any, **fields: Any) -> bool:
    """Put a claimed row back for a known time: nothing failed, it is just not finished."""
    return _record(row, due_at=when, error="", **fields)


@transaction.atomic
def try_now(actor: Any, row: Any) -> Any:
    """Make a row due now, given up or not, and wake its queue. Raises Refused when a worker has it, or it is done."""
    now = timezone.now()
    mine = type(row).queue.select_for_update(of=("self",)).get(pk=row.pk)
    if mine.claim_token and mine.due_at and mine.due_at > now:
        raise Refused(_("It is being worked on at this moment."))
    if mine.due_at is None or (mine.done_at and not mine.error):
        raise Refused(_("Nothing is left to do with it."))
    mine.due_at, mine.done_at, mine.attempts, mine.claim_token = now, None, 0, None
    mine.save(update_fields=["due_at", "done_at", "attempts", "claim_token"])
    state = getattr(mine, "state", "due")
    history.record(mine, state, state, actor, note="tried again")
    for queue in QUEUES.values():
        if queue.due().model is type(mine):
            wake(queue.name)
    return mine


def _record(row: Any, **fields: Any) -> bool:
    mine = type(row).objects.filter(pk=row.pk, claim_token=row.claim_token)
    written = mine.update(claim_token=None, **fields)
    for name, value in fields.items():
        setattr(row, name, value)
    return bool(written)


def relock(row: Any) -> Any | None:
    """Lock a claimed row again for its record step; None when the lease was lost to another worker."""
    return type(row).objects.select_for_update().filter(pk=row.pk, claim_token=row.claim_token).first()


def wake(name: str) -> None:
    """Ask for a drain soon, after commit, once until it starts; the clock asks anyway every minute."""
    transaction.on_commit(lambda: _send(name))


def _send(name: str) -> None:
    try:
        if cache.add(f"wake:{name}", 1, timeout=60):
            current_app.send_task(name)
    except (OperationalError, RedisError, OSError):
        log.warning("could not wake %s; the clock will", name)


def _forget_wake(name: str) -> None:
    try:
        cache.delete(f"wake:{name}")
    except RedisError:
        log.warning("the cache did not answer; %s may be woken late", name)


def oldest_due() -> Iterator[tuple[Queue, float | None]]:
    """Yield every queue with how many seconds its oldest due row has waited, or None when nothing is due."""
    now = timezone.now()
    for queue in QUEUES.values():
        first = queue.due().values_list(queue.due_column, flat=True).first()
        yield queue, (now - first).total_seconds() if first else None


def failing(queue: Queue) -> int:
    """Return how many rows of a queue ran into an error and wait to be tried again."""
    model = queue.due().model
    return model.queue.waiting().exclude(error="").count() if issubclass(model, Queued) else 0

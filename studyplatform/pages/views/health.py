"""How the parts stand, for whoever watches the site. It works when the parts do not, and gives nothing away."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import ChannelError, OperationalError
from redis.exceptions import RedisError

from payments.services import differences
from studyplatform.kit import queue
from studyplatform.kit.tasks import HEARTBEAT

log = logging.getLogger(__name__)

PATIENCE = 3000  # milliseconds the database may take for one answer
SILENCE = 90  # seconds without a heartbeat after which worker or beat is down
State = dict[str, Any]
UNKNOWN: State = {"ok": False, "says": "Unknown, because the cache does not answer."}


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all is well, 503 when a part is down or a queue overdue, with a sentence for each."""
    queues = asked(queue_states, {})
    parts = {
        "database": asked(database_state, {"ok": False, "says": "The database does not answer."}),
        "cache": asked(cache_state, {"ok": False, "says": "The cache does not answer."}),
        "differences": asked(difference_state, {"ok": False, "says": "The database does not answer."}),
        **asked(worker_and_beat, {"worker": UNKNOWN, "beat": UNKNOWN}),
    }
    well = all(part["ok"] for part in (*parts.values(), *queues.values()))
    return JsonResponse({"ok": well, **parts, "queues": queues}, status=200 if well else 503)


health.public = True  # type: ignore[attr-defined]  # looks at nobody


def asked(part: Callable[[], State], silent: State) -> State:
    """Return what a part says of itself, or `silent` when it cannot be reached."""
    try:
        return part()
    except (DatabaseError, RedisError, OperationalError, OSError):
        log.warning("%s got no answer", part.__name__, exc_info=True)
        return silent


def database_state() -> State:
    """Ask the database for anything at all."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE])
        cursor.execute("SELECT 1")
    return {"ok": True, "says": "The database answers."}


def difference_state() -> State:
    """Tell whether what others say of our money and what we say have differed for longer than a day."""
    late = differences.late().exists()
    return {"ok": not late, "says": "Some are older than a day." if late else "None is older than a day."}


def cache_state() -> State:
    """Write to the cache and read it back."""
    cache.set("health", 1, timeout=60)
    kept = cache.get("health") == 1
    return {"ok": kept, "says": "The cache answers." if kept else "The cache does not keep what it is given."}


def worker_and_beat() -> dict[str, State]:
    """Tell the two apart by one sign of life: beat sends it, a worker runs it, and what nobody ran still waits."""
    last = cache.get(HEARTBEAT)
    seconds = round(time.time() - last, 1) if last else None
    if seconds is not None and seconds <= SILENCE:
        worker = beat = (True, "It runs.")
    elif waiting_messages():
        worker, beat = (False, "Messages wait and no worker takes them."), (False, "Unknown until a worker runs.")
    else:
        worker, beat = (True, "Nothing waits for a worker."), (False, "No sign of it.")
    states = {"worker": worker, "beat": beat}
    return {name: {"ok": ok, "seconds": seconds, "says": says} for name, (ok, says) in states.items()}


def waiting_messages() -> int:
    """Return how many messages the broker keeps for a worker; it forgets a queue that is empty."""
    with current_app.connection_for_read() as broker, suppress(ChannelError):
        channel: Any = broker.default_channel
        return int(channel.queue_declare(current_app.conf.task_default_queue, passive=True).message_count)
    return 0


def queue_states() -> State:
    """Tell for every queue how many seconds its oldest due row has waited."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE])
        return {one.name: queue_state(one, waited) for one, waited in queue.oldest_due()}


def queue_state(one: queue.Queue, waited: float | None) -> State:
    """Return one queue's state; rows due later count as none."""
    seconds = round(waited, 1) if waited and waited > 0 else None
    late = bool(seconds and seconds > one.overdue_after)
    return {"ok": not late, "seconds": seconds, "says": "Overdue." if late else "In time."}

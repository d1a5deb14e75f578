"""Webhooks: signed as Stripe signs them, delivered one after the other, tried again until somebody takes them."""

import hashlib
import hmac
import http.client
import json
import math
import sqlite3
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from studyplatform.demo.stripe.faults import Fault
from studyplatform.demo.stripe.world import World

PATIENCE = 10.0  # seconds the receiver may take to answer
REORDERED = 3.0  # seconds a webhook waits for a later one to overtake it
KEPT_BACK = {"drop": "dropped", "hold": "held", "reorder": "reordered"}
delivering = threading.Lock()  # one webhook at a time, also when somebody asks for delivery at once


def signature(secret: str, payload: str, now: int) -> str:
    """Return the Stripe-Signature header of a payload."""
    signed = hmac.new(secret.encode(), f"{now}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={now},v1={signed}"


def deliver_due(world: World) -> None:
    """Deliver what is due, in order."""
    _release(world, "reordered", time.time())
    _deliver(world, time.time())


def flush(world: World) -> dict[str, int]:
    """Try everything that waits, held back or not yet due, once; returns how many arrived and how many did not."""
    recover(world)
    tried = _deliver(world, math.inf)
    states = [row["state"] for row in world.store.rows("SELECT * FROM deliveries") if row["id"] in tried]
    return {"delivered": states.count("delivered"), "failed": len(states) - states.count("delivered")}


def resend(world: World, event: str) -> bool:
    """Queue an event once more; returns whether there is such an event."""
    found = world.store.get("event", event)
    if found:
        sql = "INSERT INTO deliveries (event, type, due) VALUES (?, ?, ?)"
        world.store.run(sql, event, found["type"], time.time())
        world.bell.set()
    return bool(found)


def recover(world: World) -> None:
    """After a restart: nothing is held back any more, for the faults that did it are gone."""
    _release(world, "held")
    _release(world, "reordered")


def next_due(world: World) -> float | None:
    """Return when the next webhook is due, in real seconds since 1970."""
    found = world.store.rows("SELECT min(due) AS due FROM deliveries WHERE state IN ('pending', 'reordered')")
    due: float | None = found[0]["due"]
    return due if world.config.webhook_url else None


def listed(world: World) -> list[dict[str, Any]]:
    """Return every delivery with its state, newest first."""
    return [dict(row) for row in world.store.rows("SELECT * FROM deliveries ORDER BY id DESC LIMIT 1000")]


def _deliver(world: World, due: float) -> set[int]:
    """Try everything due until then, in order, each once; returns the numbers of the deliveries tried."""
    tried: set[int] = set()
    while world.config.webhook_url and _next(world, due, tried):
        _step(world, due, tried)
    return tried


def _next(world: World, due: float, tried: set[int]) -> sqlite3.Row | None:
    rows = world.store.rows("SELECT * FROM deliveries WHERE state = 'pending' AND due <= ? ORDER BY id", due)
    return next((row for row in rows if row["id"] not in tried), None)


def _step(world: World, due: float, tried: set[int]) -> None:
    """Take the next delivery under the lock and do it, unless a fault has other plans."""
    with delivering:
        row = _next(world, due, tried)
        if row:
            tried.add(row["id"])
            _handle(world, row)


def _handle(world: World, row: sqlite3.Row) -> None:
    first = row["attempts"] == 0 and row["answer"] != "released"
    fault = world.faults.take("webhook", f"webhook:{row['type']}") if first else None
    if fault and fault.kind in KEPT_BACK:
        _set(world, row["id"], state=KEPT_BACK[fault.kind], answer=fault.kind, due=time.time() + REORDERED)
        return
    arrived, answer = _send(world, row, fault)
    _note(world, row, arrived, answer)
    if arrived:
        _release(world, "reordered")


def _release(world: World, state: str, due: float = math.inf) -> None:
    sql = "UPDATE deliveries SET state = 'pending', answer = 'released', due = ? WHERE state = ? AND due <= ?"
    world.store.run(sql, time.time(), state, due)


def _set(world: World, number: int, **values: object) -> None:
    names = ", ".join(f"{name} = ?" for name in values)
    world.store.run(f"UPDATE deliveries SET {names} WHERE id = ?", *values.values(), number)


def _note(world: World, row: sqlite3.Row, arrived: bool, answer: str) -> None:
    attempts = row["attempts"] + 1
    waits = world.config.retries
    state = "delivered" if arrived else "pending" if attempts <= len(waits) else "failed"
    due = time.time() + (waits[attempts - 1] if state == "pending" else 0)
    _set(world, row["id"], state=state, attempts=attempts, due=due, answer=answer)


def _send(world: World, row: sqlite3.Row, fault: Fault | None) -> tuple[bool, str]:
    kind = fault.kind if fault else ""
    if kind in ("500", "timeout_before"):
        return False, kind
    if fault and kind == "slow":
        time.sleep(fault.seconds)
    secret = "whsec_wrong" if kind == "bad_signature" else world.config.webhook_secret
    results = [_post(world, row["event"], secret) for _ in range(2 if kind == "duplicate" else 1)]
    if kind == "timeout_after":
        return False, kind
    return results[-1]


def _post(world: World, event: str, secret: str) -> tuple[bool, str]:
    payload = json.dumps(world.store.get("event", event), indent=2, ensure_ascii=False)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Accept": "*/*; q=0.5, application/xml",
        "Cache-Control": "no-cache",
        "Stripe-Signature": signature(secret, payload, int(time.time())),
    }
    world.log.webhook(headers, payload)
    try:
        status = _request(world.config.webhook_url, headers, payload.encode())
    except (OSError, http.client.HTTPException) as error:
        return False, type(error).__name__
    return 200 <= status < 300, str(status)


def _request(url: str, headers: dict[str, str], payload: bytes) -> int:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=PATIENCE)
    try:
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), payload, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()

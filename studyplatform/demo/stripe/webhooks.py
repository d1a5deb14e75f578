"""Webhooks: signed as Stripe signs them, delivered one after the other, tried again until somebody takes them."""

import hashlib
import hmac
import http.client
import json
import sqlite3
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from studyplatform.demo.stripe.faults import Fault
from studyplatform.demo.stripe.world import World

PATIENCE = 10.0  # seconds the receiver may take to answer
delivering = threading.Lock()  # one webhook at a time, also when somebody asks for delivery at once


def signature(secret: str, payload: str, now: int) -> str:
    """Return the Stripe-Signature header of a payload."""
    signed = hmac.new(secret.encode(), f"{now}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={now},v1={signed}"


def deliver_due(world: World) -> int:
    """Deliver what is due, in order; returns how many attempts were made."""
    return _deliver(world, "due <= ? AND state = 'pending'", lambda: time.time())


def flush(world: World) -> dict[str, int]:
    """Try everything that waits, held back or not yet due, once; returns how many arrived and how many did not."""
    with world.store.transaction():
        world.store.run(
            "UPDATE deliveries SET state = 'pending', answer = 'released' WHERE state IN ('held', 'reordered')"
        )
    tried: set[int] = set()
    while _next(world, "state = 'pending'", tried):
        _step(world, "state = 'pending'", tried)
    states = [_state(world, number) for number in tried]
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
    world.store.run("UPDATE deliveries SET state = 'pending' WHERE state IN ('held', 'reordered')")


def next_due(world: World) -> float | None:
    """Return when the next webhook is due, in real seconds since 1970."""
    found = world.store.rows("SELECT min(due) AS due FROM deliveries WHERE state = 'pending'")
    due: float | None = found[0]["due"]
    return due


def listed(world: World) -> list[dict[str, Any]]:
    """Return every delivery with its state, newest first."""
    return [dict(row) for row in world.store.rows("SELECT * FROM deliveries ORDER BY id DESC LIMIT 1000")]


def _deliver(world: World, where: str, now: Any) -> int:
    tried: set[int] = set()
    where = where.replace("?", f"{now()}")
    while _next(world, where, tried):
        _step(world, where, tried)
    return len(tried)


def _next(world: World, where: str, tried: set[int]) -> sqlite3.Row | None:
    rows = world.store.rows(f"SELECT * FROM deliveries WHERE {where} ORDER BY id")
    return next((row for row in rows if row["id"] not in tried), None)


def _state(world: World, number: int) -> str:
    return str(world.store.rows("SELECT state FROM deliveries WHERE id = ?", number)[0]["state"])


def _step(world: World, where: str, tried: set[int]) -> None:
    """Take the next delivery under the lock and do it, unless a fault has other plans."""
    with delivering:
        row = _next(world, where, tried)
        if row:
            tried.add(row["id"])
            _handle(world, row)


def _handle(world: World, row: sqlite3.Row) -> None:
    first = row["attempts"] == 0 and row["answer"] != "released"
    fault = world.faults.take("webhook", f"webhook:{row['type']}") if first else None
    states = {"drop": "dropped", "hold": "held", "reorder": "reordered"}
    if fault and fault.kind in states:
        world.store.run(
            "UPDATE deliveries SET state = ?, answer = ? WHERE id = ?", states[fault.kind], fault.kind, row["id"]
        )
        return
    arrived, answer = _send(world, row, fault)
    _note(world, row, arrived, answer)
    if arrived:
        release = "UPDATE deliveries SET state = 'pending', answer = 'released' WHERE state = 'reordered'"
        world.store.run(release)


def _note(world: World, row: sqlite3.Row, arrived: bool, answer: str) -> None:
    attempts = row["attempts"] + 1
    waits = world.config.retries
    state = "delivered" if arrived else "pending" if attempts <= len(waits) else "failed"
    due = time.time() + (waits[attempts - 1] if state == "pending" else 0)
    sql = "UPDATE deliveries SET state = ?, attempts = ?, due = ?, answer = ? WHERE id = ?"
    world.store.run(sql, state, attempts, due, answer[:200], row["id"])


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

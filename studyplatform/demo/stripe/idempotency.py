"""Idempotency keys: the first answer of an endpoint is kept for a day and given again to the same request."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from studyplatform.demo.stripe.errors import ApiError
from studyplatform.demo.stripe.storage import Store

DAY = 24 * 3600
LONGEST = 255
TAKE = "INSERT INTO idempotency (scope, key, fingerprint, endpoint, created, request_id) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Ticket:
    """A key in use by one request. `scope` is the account the request speaks for."""

    scope: str
    key: str
    endpoint: str
    fingerprint: str
    request: str


@dataclass(frozen=True)
class Kept:
    """The answer the first request with a key got, and that request's id."""

    status: int
    body: str
    request: str


def ticket(scope: str, key: str, endpoint: str, form: dict[str, Any], request: str) -> Ticket:
    """Return the ticket of a request. Raises ApiError on a key that is too long."""
    if len(key) > LONGEST:
        raise ApiError(
            400, f"Idempotency key is too long. It can have up to {LONGEST} characters.", type="idempotency_error"
        )
    canonical = json.dumps(form, sort_keys=True).encode()
    return Ticket(scope, key, endpoint, hashlib.sha256(canonical).hexdigest(), request)


def claim(store: Store, ticket: Ticket, now: int) -> Kept | None:
    """Take the key for this request, or return the answer kept for it. Raises ApiError when it belongs to another."""
    with store.transaction():
        store.run("DELETE FROM idempotency WHERE created <= ?", now - DAY)
        found = store.rows("SELECT * FROM idempotency WHERE scope = ? AND key = ?", ticket.scope, ticket.key)
        if not found:
            store.run(TAKE, ticket.scope, ticket.key, ticket.fingerprint, ticket.endpoint, now, ticket.request)
            return None
    row = found[0]
    _same(ticket, row["endpoint"], row["fingerprint"])
    if row["status"] is None:
        raise in_use(ticket.key)
    return Kept(row["status"], row["body"], row["request_id"])


def _same(ticket: Ticket, endpoint: str, fingerprint: str) -> None:
    if endpoint != ticket.endpoint:
        what = "endpoint"
    elif fingerprint != ticket.fingerprint:
        what = "parameters"
    else:
        return
    raise ApiError(
        400,
        f"Keys for idempotent requests can only be used with the same {what} they were first used with. "
        f"Try using a key other than '{ticket.key}' if you meant to execute a different request.",
        type="idempotency_error",
    )


def in_use(key: str) -> ApiError:
    """Return the refusal of a request whose key another request is still working under."""
    return ApiError(
        409,
        f"There is currently another in-progress request using this Idempotent Key ({key}) (that probably means you "
        "submitted twice, and the other request is still going through). Please try again later.",
        type="idempotency_error",
        code="idempotency_key_in_use",
    )


def keep(store: Store, ticket: Ticket, status: int, body: str) -> None:
    """Keep the answer; called in the transaction of the effect, so that there is never one without the other."""
    sql = "UPDATE idempotency SET status = ?, body = ? WHERE scope = ? AND key = ?"
    store.run(sql, status, body, ticket.scope, ticket.key)


def release(store: Store, ticket: Ticket) -> None:
    """Give the key back unused."""
    store.run("DELETE FROM idempotency WHERE scope = ? AND key = ? AND status IS NULL", ticket.scope, ticket.key)


def forget_unfinished(store: Store) -> None:
    """Free the keys of requests a crash cut off: their effects were undone with them."""
    store.run("DELETE FROM idempotency WHERE status IS NULL")

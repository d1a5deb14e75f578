"""Events: what happened, with a snapshot of the object as it was then; each is also queued as a webhook."""

import time
from typing import Any

from studyplatform.demo.stripe import API_VERSION, ids
from studyplatform.demo.stripe.errors import no_such
from studyplatform.demo.stripe.lists import CREATED, PAGE, Condition, equals, page
from studyplatform.demo.stripe.params import Boolean, Many, Schema, Text
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, Cause, World

LIST: Schema = {**PAGE, **CREATED, "type": Text(), "types": Many(Text(), 20), "delivery_success": Boolean()}
UNDELIVERED = "EXISTS (SELECT 1 FROM deliveries WHERE event = objects.id AND state != 'delivered')"


def emit(
    world: World, kind: str, subject: Json, cause: Cause, previous: Json | None = None, *, account: str = ""
) -> Json:
    """Keep an event about an object in its public shape and queue its webhook; `account` is a connected one's."""
    body = _event(world, kind, subject, cause, previous)
    event = world.store.add(body | {"account": account} if account else body)
    if world.config.webhook_url:
        sql = "INSERT INTO deliveries (event, type, due) VALUES (?, ?, ?)"
        world.store.run(sql, event["id"], kind, time.time())
        world.bell.set()
    return event


def _event(world: World, kind: str, subject: Json, cause: Cause, previous: Json | None) -> Json:
    data: Json = {"object": subject}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": ids.new("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": world.clock.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1 if world.config.webhook_url else 0,
        "request": {"id": cause.request, "idempotency_key": cause.key},
        "type": kind,
    }


def shown(world: World, event: Json) -> Json:
    """Return an event as it is now: with the number of webhooks still to be delivered."""
    waiting = world.store.rows("SELECT 1 FROM deliveries WHERE event = ? AND state != 'delivered'", event["id"])
    return {**event, "pending_webhooks": len(waiting)}


def retrieve(call: Call) -> Json:
    """GET /v1/events/:id."""
    found = call.world.store.get("event", call.identity)
    if not found or found.get("account", "") != call.account:
        raise no_such("event", call.identity, "id")
    return shown(call.world, found)


def listed(call: Call) -> Json:
    """GET /v1/events."""
    mine = ("coalesce(json_extract(body, '$.account'), '') = ?", (call.account,))
    answer = page(call.world.store, "event", call.path, call.params, mine, *_conditions(call.params))
    answer["data"] = [shown(call.world, event) for event in answer["data"]]
    return answer


def _conditions(params: dict[str, Any]) -> list[Condition]:
    found: list[Condition] = []
    kind = params.get("type", "")
    if kind.endswith("*"):
        found.append(("json_extract(body, '$.type') GLOB ?", (kind,)))
    else:
        found += equals(params, "type")
    if "types" in params:
        marks = ", ".join("?" * len(params["types"]))
        found.append((f"json_extract(body, '$.type') IN ({marks})", tuple(params["types"])))
    if "delivery_success" in params:
        found.append((("NOT " if params["delivery_success"] else "") + UNDELIVERED, ()))
    return found

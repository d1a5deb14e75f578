"""One request to the API from its bytes to its answer: key, version, faults, idempotency, endpoint."""

import json
import time
import traceback
from contextlib import nullcontext
from typing import Any

from studyplatform.demo.stripe import API_VERSION, access, idempotency, ids, router
from studyplatform.demo.stripe.errors import ApiError, internal, not_here, short
from studyplatform.demo.stripe.faults import Fault
from studyplatform.demo.stripe.forms import decode
from studyplatform.demo.stripe.params import read
from studyplatform.demo.stripe.wire import Answer, Request
from studyplatform.demo.stripe.world import Call, Cause, World


def respond(world: World, request: Request) -> Answer:
    """Answer a request, whatever happens, and note the exchange."""
    identity = ids.new("req", 14)
    try:
        answer = _respond(world, request, identity)
    except ApiError as error:
        answer = _refusal(error, identity)
    except Exception:
        traceback.print_exc()
        answer = _refusal(internal(), identity)
    answer.headers = {**_headers(request, identity), **answer.headers}
    world.log.exchange(request, answer)
    return answer


def _respond(world: World, request: Request, identity: str) -> Answer:
    account = access.check(world.store, request.headers)
    route, subject = router.find(request.method, request.path)
    if account and not route.connected:
        raise not_here("Stripe-Account")
    form = decode(request.body if request.method == "POST" else request.query)
    values = read(route.schema, form)
    fault = world.faults.take(f"{request.method} {request.path}")
    early = _early(fault)
    if early:
        return early
    given = request.headers.get("idempotency-key") if request.method == "POST" else None
    call = Call(world, values, subject, Cause(identity, given), request.path, account)
    if not given:
        return _late(fault, _run(route, call, fault))
    endpoint = f"{request.method} {request.path}"
    ticket = idempotency.ticket("account", given, endpoint, form, identity)
    return _late(fault, _once(route, call, ticket, fault))


def _early(fault: Fault | None) -> Answer | None:
    """Do what a fault does before an endpoint begins; such answers are never kept under a key."""
    if fault is None:
        return None
    if fault.kind == "timeout_before":
        return Answer(0, "", cut=True)
    if fault.kind == "503":
        raise ApiError(503, "The server is temporarily unavailable.", type="api_error")
    if fault.kind == "409":
        raise idempotency.in_use("of another request")
    if fault.kind == "429":
        raise ApiError(
            429,
            "Request rate limit exceeded.",
            code="rate_limit",
            headers={"Stripe-Rate-Limited-Reason": "endpoint-rate"},
        )
    return None


def _late(fault: Fault | None, answer: Answer) -> Answer:
    answer.cut = bool(fault and fault.kind == "timeout_after")
    return answer


def _once(route: router.Route, call: Call, ticket: idempotency.Ticket, fault: Fault | None) -> Answer:
    """Run an endpoint under a key: the answer kept for it, or the first one, kept with its effect."""
    world = call.world
    kept = idempotency.claim(world.store, ticket, world.clock.now())
    if kept:
        headers = {"Idempotent-Replayed": "true", "Original-Request": kept.request}
        more = {"Stripe-Should-Retry": "false"} if kept.status >= 500 else {}
        return Answer(kept.status, kept.body, headers | more)
    try:
        answer = _run(route, call, fault, ticket)
    except BaseException:
        idempotency.release(world.store, ticket)
        raise
    answer.headers["Original-Request"] = ticket.request
    return answer


def _run(route: router.Route, call: Call, fault: Fault | None, ticket: idempotency.Ticket | None = None) -> Answer:
    """Run an endpoint in one transaction, which also keeps the answer under the key."""
    if fault and fault.kind == "slow":
        time.sleep(fault.seconds)
    store = call.world.store
    try:
        with store.transaction() if route.method == "POST" else nullcontext():
            answer = _effect(route, call, fault)
            _keep(call, ticket, answer)
    except ApiError as error:
        if not error.kept:
            raise
        answer = _refusal(error, call.cause.request)
        _keep(call, ticket, answer)
    return answer


def _effect(route: router.Route, call: Call, fault: Fault | None) -> Answer:
    if fault and fault.kind == "500":
        raise internal()
    if fault and fault.kind == "short":
        raise short()
    answer = _success(router.answer(route, call))
    if fault and fault.kind == "500_after":
        return _refusal(internal(), call.cause.request)
    return answer


def _keep(call: Call, ticket: idempotency.Ticket | None, answer: Answer) -> None:
    if ticket:
        idempotency.keep(call.world.store, ticket, answer.status, answer.body)


def _success(body: dict[str, Any]) -> Answer:
    indent = None if body["object"] == "list" else 2  # with it a page of a hundred takes ten times as long to write
    return Answer(200, json.dumps(body, indent=indent, ensure_ascii=False))


def _refusal(error: ApiError, identity: str | None) -> Answer:
    body = error.body(identity or "")
    return Answer(error.status, json.dumps(body, indent=2, ensure_ascii=False), dict(error.headers))


def _headers(request: Request, identity: str) -> dict[str, str]:
    echoed = request.headers.get("idempotency-key")
    return {
        "Content-Type": "application/json",
        "Cache-Control": "no-cache, no-store",
        "Request-Id": identity,
        "Stripe-Version": API_VERSION,
        "Vary": "Origin",
        **({"Idempotency-Key": echoed} if echoed and request.method == "POST" else {}),
    }

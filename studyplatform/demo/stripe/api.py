"""One request to the API from its bytes to its answer: key, version, faults, idempotency, endpoint."""

import base64
import binascii
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from studyplatform.demo.stripe import API_VERSION, idempotency, ids, router
from studyplatform.demo.stripe.errors import ApiError, internal
from studyplatform.demo.stripe.faults import Fault
from studyplatform.demo.stripe.forms import decode
from studyplatform.demo.stripe.params import read
from studyplatform.demo.stripe.world import Call, Cause, World


@dataclass(frozen=True)
class Request:
    """What came over the wire. Names of headers are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str


@dataclass
class Answer:
    """What goes back; `cut` closes the connection instead, as a network does."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


def respond(world: World, request: Request) -> Answer:
    """Answer a request, whatever happens, and note the exchange."""
    identity = ids.new("req", 14)
    try:
        answer = _respond(world, request, identity)
    except ApiError as error:
        answer = _refusal(error)
    answer.headers = {**_headers(request, identity), **answer.headers}
    sent = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    world.log.exchange(
        {"method": request.method, "path": request.path, "query": request.query, "headers": dict(request.headers),
         "body": request.body},
        {"status": 0, "headers": {}, "body": ""} if answer.cut else sent,
    )  # fmt: skip
    return answer


def _respond(world: World, request: Request, identity: str) -> Answer:
    key = _key(request.headers)
    _check_version(request.headers)
    _check_account(request.headers, key)
    route, subject = router.find(request.method, request.path)
    form = decode(request.body if request.method == "POST" else request.query)
    values = read(route.schema, form)
    fault = world.faults.take(f"{request.method} {request.path}")
    early = _early(fault)
    if early:
        return early
    given = request.headers.get("idempotency-key") if request.method == "POST" else None
    call = Call(world, values, subject, Cause(identity, given), request.path)
    if not given:
        return _late(fault, _run(route, call, fault))
    endpoint = f"{request.method} {request.path}"
    ticket = idempotency.ticket("account", given, endpoint, form, identity)
    return _late(fault, _once(route, call, ticket, fault))


def _key(headers: Mapping[str, str]) -> str:
    """Return the secret key. Raises ApiError 401."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        value = _basic(value)
    challenge = {"WWW-Authenticate": 'Basic realm="Stripe"'}
    if not value:
        raise ApiError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
            headers=challenge,
        )
    if not value.startswith("sk_test_") or len(value) <= len("sk_test_"):
        hidden = f"{value[:8]}{'*' * max(len(value) - 12, 4)}{value[-4:]}" if len(value) > 12 else "****"
        raise ApiError(401, f"Invalid API Key provided: {hidden}", headers=challenge)
    return value


def _basic(value: str) -> str:
    try:
        return base64.b64decode(value).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _check_version(headers: Mapping[str, str]) -> None:
    version = headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        raise ApiError(400, f"Invalid Stripe API version: {version}. The local Stripe speaks {API_VERSION}.")


def _check_account(headers: Mapping[str, str], key: str) -> None:
    account = headers.get("stripe-account")
    if account:
        raise ApiError(
            403,
            f"The provided key '{key[:8]}****{key[-4:]}' does not have access to account '{account}' (or that account "
            "does not exist). Application access may have been revoked.",
            code="account_invalid",
        )


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
        return Answer(
            kept.status, kept.body, headers | ({"Stripe-Should-Retry": "false"} if kept.status >= 500 else {})
        )
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
        if call.cause.request and route.method == "GET":
            return _success(router.answer(route, call))
        with store.transaction():
            answer = _effect(route, call, fault)
            _keep(call, ticket, answer)
    except ApiError as error:
        answer = _refusal(error)
        _keep(call, ticket, answer)
    return answer


def _effect(route: router.Route, call: Call, fault: Fault | None) -> Answer:
    if fault and fault.kind == "500":
        raise internal(replayed=True)
    answer = _success(router.answer(route, call))
    if fault and fault.kind == "500_after":
        return _refusal(internal(replayed=True))
    return answer


def _keep(call: Call, ticket: idempotency.Ticket | None, answer: Answer) -> None:
    if ticket:
        idempotency.keep(call.world.store, ticket, answer.status, answer.body)


def _success(body: dict[str, Any]) -> Answer:
    return Answer(200, json.dumps(body, indent=2, ensure_ascii=False))


def _refusal(error: ApiError) -> Answer:
    return Answer(error.status, json.dumps(error.body, indent=2, ensure_ascii=False), dict(error.headers))


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

"""Idempotency keys: one effect for one key, and the answer of the endpoint that began kept for a day."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
from stripe._encode import _api_encode

from tests.demo.stripe.sandbox import Sandbox, order

SESSIONS = "/v1/checkout/sessions"
counter = iter(range(1000))


@pytest.fixture
def key() -> str:
    return f"key-{next(counter)}"


def create(sandbox: Sandbox, key: str, path: str = SESSIONS, **params: Any) -> tuple[int, dict[str, str], str]:
    body = urlencode(list(_api_encode(params or order())))
    return sandbox.raw("POST", path, body, Idempotency_Key=key)


def test_the_same_request_gets_the_same_answer_byte_for_byte(sandbox: Sandbox, key: str) -> None:
    first, again = create(sandbox, key), create(sandbox, key)
    assert (first[0], first[2]) == (again[0], again[2])
    assert "idempotent-replayed" not in first[1]
    assert again[1]["idempotent-replayed"] == "true"
    assert again[1]["original-request"] == first[1]["request-id"] != again[1]["request-id"]


def test_another_key_makes_another_object(sandbox: Sandbox, key: str) -> None:
    assert create(sandbox, key)[2] != create(sandbox, f"{key}-2")[2]


def test_other_parameters_or_another_address_are_refused(sandbox: Sandbox, key: str) -> None:
    session = sandbox.api.v1.checkout.sessions.create(params=order(), options={"idempotency_key": key})
    with pytest.raises(stripe.IdempotencyError) as raised:
        sandbox.api.v1.checkout.sessions.create(params=order(1000), options={"idempotency_key": key})
    assert raised.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError):
        sandbox.api.v1.checkout.sessions.expire(session.id, options={"idempotency_key": key})
    assert sandbox.api.v1.checkout.sessions.retrieve(session.id).status == "open"


@pytest.mark.parametrize(
    "wrong",
    [{"colour": "blue"}, {"mode": "setup"}, {"expires_at": 1}, {"success_url": "x"}, {"expand": ["colour"]}],
)
def test_a_request_that_was_wrong_in_itself_leaves_the_key_free(
    sandbox: Sandbox, key: str, wrong: dict[str, Any]
) -> None:
    assert create(sandbox, key, **order(**wrong))[0] == 400
    status, headers, _ = create(sandbox, key)
    assert (status, headers.get("idempotent-replayed")) == (200, None)


def test_a_refusal_of_the_endpoint_is_kept(sandbox: Sandbox, key: str) -> None:
    intent = sandbox.paid().id
    sandbox.api.v1.refunds.create(params={"payment_intent": intent})
    first = create(sandbox, key, "/v1/refunds", payment_intent=intent)
    again = create(sandbox, key, "/v1/refunds", payment_intent=intent)
    assert (first[0], again[0], again[1]["idempotent-replayed"], again[2]) == (400, 400, "true", first[2])


@pytest.mark.parametrize(("kind", "made"), [("500", 0), ("500_after", 1)])
def test_a_failure_of_the_server_is_kept(sandbox: Sandbox, key: str, kind: str, made: int) -> None:
    params = order(client_reference_id=key)
    sandbox.fault(f"POST {SESSIONS}", kind)
    for _ in range(2):
        status, headers, _ = create(sandbox, key, **params)
        assert (status, headers["stripe-should-retry"]) == (500, "false")
    newest = sandbox.api.v1.checkout.sessions.list(params={"limit": 5}).data
    assert len([session for session in newest if session.client_reference_id == key]) == made


def test_a_request_under_way_holds_its_key(sandbox: Sandbox, key: str) -> None:
    sandbox.fault(f"POST {SESSIONS}", "slow", seconds=0.9)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(create, sandbox, key)
        while sandbox.ask("GET", "faults")["faults"]:
            time.sleep(0.01)
        time.sleep(0.1)  # the fault is taken a moment before the key is
        second = create(sandbox, key)
    assert (second[0], first.result()[0]) == (409, 200)
    assert create(sandbox, key)[2] == first.result()[2]


def test_a_key_under_way_is_told_as_the_library_expects(sandbox: Sandbox) -> None:
    sandbox.fault(f"POST {SESSIONS}", "409")
    with pytest.raises(stripe.APIError) as raised:
        sandbox.session()
    assert (raised.value.http_status, type(raised.value)) == (409, stripe.APIError)
    assert raised.value.json_body["error"]["code"] == "idempotency_key_in_use"  # type: ignore[index]


def test_many_at_once_have_one_effect(sandbox: Sandbox, key: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: create(sandbox, key, **order(client_reference_id=key)), range(24)))
    assert {status for status, _, _ in answers} <= {200, 409}
    assert len({body for status, _, body in answers if status == 200}) == 1
    made = sandbox.api.v1.checkout.sessions.list(params={"limit": 50}).data
    assert len([session for session in made if session.client_reference_id == key]) == 1


def test_the_library_tries_again_without_a_second_effect(sandbox: Sandbox, key: str) -> None:
    for fault in ("timeout_before", "timeout_after"):
        sandbox.fault(f"POST {SESSIONS}", fault)
        client = sandbox.client(max_network_retries=1)
        made = client.v1.checkout.sessions.create(params=order(client_reference_id=key + fault))
        assert made.status == "open"
        newest = sandbox.api.v1.checkout.sessions.list(params={"limit": 5}).data
        assert [session.id for session in newest if session.client_reference_id == key + fault] == [made.id]


def test_a_key_is_forgotten_after_a_day(sandbox: Sandbox, key: str) -> None:
    first = create(sandbox, key)[2]
    try:
        sandbox.ask("POST", "clock", advance=24 * 3600 - 60)
        assert create(sandbox, key)[2] == first
        sandbox.ask("POST", "clock", advance=61)
        status, headers, body = create(sandbox, key)
        assert (status, headers.get("idempotent-replayed")) == (200, None)
        assert body != first
    finally:
        sandbox.ask("POST", "clock", advance=-24 * 3600 - 1)


def test_a_key_that_is_too_long_is_refused(sandbox: Sandbox) -> None:
    assert create(sandbox, "k" * 255)[0] == 200
    assert create(sandbox, "k" * 256)[0] == 400


def test_reading_needs_no_key_and_ignores_one(sandbox: Sandbox, key: str) -> None:
    for _ in range(2):
        status, headers, _ = sandbox.raw("GET", "/v1/balance", Idempotency_Key=key)
        assert (status, headers.get("idempotent-replayed")) == (200, None)
    assert create(sandbox, key)[1].get("idempotent-replayed") is None

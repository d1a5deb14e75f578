"""Refusals: the key, the version, addresses and objects that are not there, in the shape the library expects."""

import json

import pytest
import stripe

from studyplatform.demo.stripe import API_VERSION
from tests.demo.stripe.sandbox import KEY, Sandbox, order

SESSIONS = "/v1/checkout/sessions"


@pytest.mark.parametrize("key", ["sk_live_not_ours", "sk_test_", "pk_test_a_key_of_these_tests", "nonsense"])
def test_a_wrong_key_is_refused_and_not_shown(sandbox: Sandbox, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as raised:
        sandbox.client(key).v1.checkout.sessions.list()
    assert raised.value.http_status == 401
    assert key not in str(raised.value)


def test_a_request_without_a_key_is_refused(sandbox: Sandbox) -> None:
    status, headers, body = sandbox.raw("GET", SESSIONS, Authorization="")
    assert (status, json.loads(body)["error"]["type"]) == (401, "invalid_request_error")
    assert headers["request-id"].startswith("req_")
    assert sandbox.raw("GET", SESSIONS, Authorization="Bearer " + KEY)[0] == 200


def test_another_version_is_refused_and_the_own_one_told(sandbox: Sandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        sandbox.client(stripe_version="2020-08-27").v1.balance.retrieve()
    for version in ({}, {"Stripe_Version": API_VERSION}):
        status, headers, _ = sandbox.raw("GET", "/v1/balance", **version)
        assert (status, headers["stripe-version"]) == (200, API_VERSION)
    assert stripe.api_version == API_VERSION


def test_the_account_of_somebody_else_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(stripe.PermissionError):
        sandbox.api.v1.balance.retrieve(options={"stripe_account": "acct_1"})


@pytest.mark.parametrize("path", ["checkout/sessions", "payment_intents", "charges", "refunds", "disputes", "events"])
def test_what_is_not_there_is_told(sandbox: Sandbox, path: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.raw_request("get", f"/v1/{path}/none")
    assert (raised.value.http_status, raised.value.code) == (404, "resource_missing")


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/nonsense"), ("DELETE", "/v1/charges/ch_1"), ("POST", "/v1")])
def test_an_address_nobody_has_is_told(sandbox: Sandbox, method: str, path: str) -> None:
    status, _, body = sandbox.raw(method, path)
    assert status == 404
    assert path == "/v1" or json.loads(body)["error"]["type"] == "invalid_request_error"


def test_a_refusal_says_all_that_stripe_says(sandbox: Sandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.raw_request("post", SESSIONS, **order(colour="blue"))
    error = raised.value.json_body["error"]  # type: ignore[index]
    assert error == {
        "code": "parameter_unknown",
        "doc_url": "https://stripe.com/docs/error-codes/parameter-unknown",
        "message": "Received unknown parameter: colour",
        "param": "colour",
        "request_log_url": f"https://dashboard.stripe.com/test/logs/{raised.value.request_id}",
        "type": "invalid_request_error",
    }


def test_every_answer_has_its_own_request_id(sandbox: Sandbox) -> None:
    paths = ["/v1/balance", "/v1/nonsense", f"{SESSIONS}?colour=blue", SESSIONS]
    found = [sandbox.raw("GET", path)[1]["request-id"] for path in paths]
    assert len(set(found)) == len(paths)
    assert all(identity.startswith("req_") for identity in found)

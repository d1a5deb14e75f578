"""STRIPE_SANDBOX_LOG: every exchange a whole JSON line, as it was on the wire."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.demo.stripe.sandbox import KEY, Receiver, Sandbox


def lines(log: Path) -> list[dict[str, Any]]:
    text = log.read_text()
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def last(log: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    line = lines(log)[-1]
    assert set(line) == {"ts", "request", "response"}
    assert set(line["request"]) == {"method", "path", "query", "headers", "body"}
    assert set(line["response"]) == {"status", "headers", "body"}
    return line["request"], line["response"]


def test_an_exchange_is_noted_as_sent(sandbox: Sandbox, log: Path) -> None:
    body = "mode=payment&success_url=https%3A%2F%2Fa.example%2F&line_items[0][price_data][currency]=krw"
    status, headers, answer = sandbox.raw("POST", "/v1/checkout/sessions?a=b", body, Idempotency_Key="log-1")
    request, response = last(log)
    assert (request["method"], request["path"], request["query"]) == ("POST", "/v1/checkout/sessions", "a=b")
    assert (request["body"], response["body"], response["status"]) == (body, answer, status)
    assert request["headers"]["Authorization"] == f"Bearer {KEY}"
    assert "log-1" in request["headers"].values()
    assert response["headers"]["Request-Id"] == headers["request-id"]


def test_refusals_are_noted_too(sandbox: Sandbox, log: Path) -> None:
    with pytest.raises(stripe.AuthenticationError):
        sandbox.client("sk_live_wrong").v1.balance.retrieve()
    request, response = last(log)
    assert response["status"] == 401
    assert request["headers"]["Authorization"] == "Bearer sk_live_wrong"
    assert json.loads(response["body"])["error"]["type"] == "invalid_request_error"


def test_an_answer_that_never_went_out_is_noted_as_none(sandbox: Sandbox, log: Path) -> None:
    sandbox.fault("GET /v1/balance", "timeout_after")
    with pytest.raises(stripe.APIConnectionError):
        sandbox.api.v1.balance.retrieve()
    assert last(log)[1] == {"status": 0, "headers": {}, "body": ""}


def test_many_at_once_tear_no_line(sandbox: Sandbox, log: Path) -> None:
    before = len(lines(log))
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda number: sandbox.session(client_reference_id=f"log {number}").id, range(40)))
    noted = {json.loads(line["response"]["body"])["id"] for line in lines(log)[before:]}
    assert noted == made


def test_webhooks_are_noted_as_sent(tmp_path: Path) -> None:
    ear, log = Receiver(), tmp_path / "log.jsonl"
    sandbox = Sandbox(tmp_path / "data", ear.address, log=str(log))
    try:
        sandbox.api.v1.checkout.sessions.expire(sandbox.session().id)
        ear.wait(1)
    finally:
        sandbox.close()
        ear.close()
    headers, body = ear.came[0]
    line = next(line for line in lines(log) if "webhook" in line)
    assert set(line) == {"ts", "webhook"}
    assert line["webhook"]["body"] == body
    assert line["webhook"]["headers"]["Stripe-Signature"] == headers["Stripe-Signature"]


def test_a_log_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    environment = {"STRIPE_SANDBOX_LOG": str(tmp_path / "missing" / "log"), "STRIPE_SANDBOX_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "studyplatform.demo.stripe", "--port", "0"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 1
    assert "missing" in ended.stderr
    assert "Traceback" not in ended.stderr

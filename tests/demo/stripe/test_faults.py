"""Failures on request, as Stripe's library meets them."""

import time

import pytest
import stripe

from tests.demo.stripe.sandbox import Sandbox

SESSIONS = "/v1/checkout/sessions"


@pytest.mark.parametrize(
    ("kind", "error", "status"),
    [
        ("500", stripe.APIError, 500),
        ("503", stripe.APIError, 503),
        ("409", stripe.APIError, 409),
        ("429", stripe.RateLimitError, 429),
        ("timeout_before", stripe.APIConnectionError, None),
        ("timeout_after", stripe.APIConnectionError, None),
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_failure_comes_once_and_is_over(
    sandbox: Sandbox, kind: str, error: type[stripe.StripeError], status: int | None, method: str
) -> None:
    def ask() -> object:
        return sandbox.session() if method == "POST" else sandbox.api.v1.checkout.sessions.list()

    sandbox.fault(f"{method} {SESSIONS}", kind)
    with pytest.raises(error) as raised:
        ask()
    assert raised.value.http_status == status
    assert ask()


def test_a_failure_before_the_effect_leaves_nothing_and_one_after_it_does(sandbox: Sandbox) -> None:
    intent = sandbox.paid().id
    for kind, count in (("timeout_before", 0), ("500", 0), ("timeout_after", 1)):
        sandbox.fault("POST /v1/refunds", kind)
        with pytest.raises(stripe.StripeError):
            sandbox.api.v1.refunds.create(params={"payment_intent": intent, "amount": 1000})
        assert len(sandbox.api.v1.refunds.list(params={"payment_intent": intent}).data) == count


def test_a_slow_answer_is_slow(sandbox: Sandbox) -> None:
    sandbox.fault("GET /v1/balance", "slow", seconds=0.3)
    before = time.monotonic()
    assert sandbox.api.v1.balance.retrieve()
    assert time.monotonic() - before >= 0.3


def test_a_failure_meets_only_what_it_is_for(sandbox: Sandbox) -> None:
    sandbox.fault("POST /v1/checkout/sessions/*/expire", "500", times=2)
    session = sandbox.session()
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            sandbox.api.v1.checkout.sessions.expire(session.id)
    assert sandbox.api.v1.checkout.sessions.expire(session.id).status == "expired"


def test_a_failure_nobody_knows_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="400"):
        sandbox.fault("POST /v1/refunds", "flood")

"""Webhooks: signed, tried again until taken, also over restarts; lost, doubled and out of order on request."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe
from django.conf import settings

from tests.demo.stripe.sandbox import Receiver, Sandbox

PAUSES = "0.2,0.4,0.8"


@pytest.fixture(scope="module")
def ear() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory, ear: Receiver) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("telling"), ear.address, "--retries", PAUSES)
    yield sandbox
    sandbox.close()


@pytest.fixture
def told(telling: Sandbox, ear: Receiver) -> Iterator[Receiver]:
    """The receiver, with nothing in it and nothing on its way."""
    telling.clear()
    telling.ask("POST", "deliver")
    ear.came.clear()
    yield ear
    ear.answers.clear()


def end(sandbox: Sandbox) -> str:
    """Make one event: a session is ended. Returns its id."""
    session = sandbox.session()
    sandbox.api.v1.checkout.sessions.expire(session.id)
    return session.id


def states(sandbox: Sandbox, count: int) -> list[str]:
    return [row["state"] for row in sandbox.ask("GET", "deliveries")["deliveries"][:count]]


def waited(sandbox: Sandbox, state: str) -> bool:
    for _ in range(50):
        if states(sandbox, 1) == [state]:
            return True
        time.sleep(0.05)
    return False


def test_a_webhook_is_what_the_library_accepts(telling: Sandbox, told: Receiver) -> None:
    session = end(telling)
    told.wait(1)
    headers, body = told.came[0]
    event = telling.api.construct_event(body.encode(), headers["Stripe-Signature"], settings.STRIPE_WEBHOOK_SECRET)
    assert (event.type, event.data.object["id"]) == ("checkout.session.expired", session)
    assert (event.api_version, event.pending_webhooks) == (stripe.api_version, 1)
    with pytest.raises(stripe.SignatureVerificationError):
        telling.api.construct_event(body.encode(), headers["Stripe-Signature"], "whsec_of_somebody_else")
    assert waited(telling, "delivered")
    assert telling.api.v1.events.retrieve(event.id).pending_webhooks == 0


def test_a_payment_is_told_in_order(telling: Sandbox, told: Receiver) -> None:
    session = telling.session()
    telling.pay(session.id)
    assert [event["type"] for event in told.wait(5)] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_a_webhook_nobody_takes_is_tried_again_later_and_later(telling: Sandbox, told: Receiver) -> None:
    told.answers = [500, 404]
    began = time.monotonic()
    end(telling)
    events = told.wait(3)
    assert time.monotonic() - began >= 0.6
    assert len({event["id"] for event in events}) == 1
    assert waited(telling, "delivered")
    time.sleep(0.3)
    assert len(told.came) == 3


def test_every_attempt_is_signed_anew(telling: Sandbox, told: Receiver) -> None:
    told.answers = [500, 500, 500]
    end(telling)
    told.wait(4)
    stamps = [headers["Stripe-Signature"].split(",")[0] for headers, _ in told.came]
    assert stamps[0] != stamps[-1]
    for headers, body in told.came:
        stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], settings.STRIPE_WEBHOOK_SECRET, 300)


def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_by_hand(telling: Sandbox, told: Receiver) -> None:
    told.answers = [500] * 4
    end(telling)
    event = told.wait(4)[0]["id"]
    assert waited(telling, "failed")
    assert event in {one.id for one in telling.api.v1.events.list(params={"delivery_success": False}).data}
    telling.ask("POST", "resend", event=event)
    assert told.wait(5)[-1]["id"] == event


@pytest.mark.parametrize(("kind", "count"), [("duplicate", 2), ("drop", 0), ("timeout_after", 2), ("bad_signature", 1)])
def test_a_webhook_can_go_wrong_on_its_way(telling: Sandbox, told: Receiver, kind: str, count: int) -> None:
    telling.fault("webhook:checkout.session.expired", kind)
    first, second = end(telling), end(telling)
    came = told.wait(count + 1)
    subjects = [event["data"]["object"]["id"] for event in came]
    assert (subjects.count(first), subjects.count(second)) == (count, 1)


def test_a_later_webhook_can_overtake(telling: Sandbox, told: Receiver) -> None:
    telling.fault("webhook:checkout.session.expired", "reorder")
    first, second = end(telling), end(telling)
    assert [event["data"]["object"]["id"] for event in told.wait(2)] == [second, first]


def test_a_held_webhook_comes_when_asked_for(telling: Sandbox, told: Receiver) -> None:
    telling.fault("webhook", "hold")
    first = end(telling)
    assert waited(telling, "held")
    assert telling.ask("POST", "deliver") == {"delivered": 1, "failed": 0}
    assert told.wait(1)[0]["data"]["object"]["id"] == first


def test_a_restart_goes_on_delivering(tmp_path: Path) -> None:
    ear = Receiver()
    ear.answers = [500] * 100
    before = Sandbox(tmp_path, ear.address, "--retries", "0.2,0.2,0.2,60,60")
    sessions = {end(before), end(before)}
    ear.wait(2)
    before.kill()
    ear.came.clear()
    ear.answers.clear()
    after = Sandbox(tmp_path, ear.address, "--retries", "0.2,0.2,0.2,60,60")
    try:
        assert {event["data"]["object"]["id"] for event in ear.wait(2)} == sessions
        assert {json.loads(body)["type"] for _, body in ear.came} == {"checkout.session.expired"}
    finally:
        after.close()
        ear.close()

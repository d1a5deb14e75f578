"""kill -9 at any moment: what was answered is there, an effect and the answer kept for it go together."""

import threading
from pathlib import Path

import stripe

from tests.demo.stripe.sandbox import REFUND_FAILS, Sandbox, order


def test_what_was_answered_survives(tmp_path: Path) -> None:
    before = Sandbox(tmp_path)
    answered: list[tuple[int, str]] = []

    def work(start: int) -> None:
        number = start
        while True:
            options = {"idempotency_key": f"crash-{number}"}
            try:
                made = before.api.v1.checkout.sessions.create(params=order(1000 + number), options=options)  # type: ignore[arg-type]
            except stripe.APIConnectionError:
                return
            answered.append((number, made.id))
            number += 2

    workers = [threading.Thread(target=work, args=[start]) for start in (0, 1)]
    for worker in workers:
        worker.start()
    while len(answered) < 20:
        threading.Event().wait(0.02)
    before.kill()
    for worker in workers:
        worker.join(10)
    after = Sandbox(tmp_path)
    try:
        there = {
            session.id for session in after.api.v1.checkout.sessions.list(params={"limit": 100}).auto_paging_iter()
        }
        assert {identity for _, identity in answered} <= there
        assert len(there) - len(answered) <= len(workers)
        again(after, answered, there)
    finally:
        after.close()


def again(sandbox: Sandbox, answered: list[tuple[int, str]], there: set[str]) -> None:
    """Everything asked once more with its key, and what was under way: one object each, and none a second time."""
    known = dict(answered)
    for number in range(max(known) + 3):
        options = {"idempotency_key": f"crash-{number}"}
        made = sandbox.api.v1.checkout.sessions.create(params=order(1000 + number), options=options)  # type: ignore[arg-type]
        assert made.id == known.get(number, made.id)
        there.discard(made.id)
    assert not there


def test_money_events_and_what_is_still_to_happen_survive(tmp_path: Path) -> None:
    before = Sandbox(tmp_path)
    intent = before.paid(REFUND_FAILS)
    refund = before.api.v1.refunds.create(params={"payment_intent": intent.id})
    before.kill()
    after = Sandbox(tmp_path)
    try:
        assert after.api.v1.payment_intents.retrieve(intent.id).status == "succeeded"
        assert {event["type"] for event in after.events_about(intent.id)} >= {"charge.succeeded", "refund.created"}
        assert after.balance("krw") == -7_000
        after.settle()
        assert after.api.v1.refunds.retrieve(refund.id).status == "failed"
        assert after.balance("krw") == 193_000
    finally:
        after.close()

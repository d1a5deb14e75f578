"""Disputes: the money goes with a fee, comes back when the bank says so; nobody gets it twice."""

import urllib.error
from typing import Any

import pytest
import stripe

from tests.demo.stripe.sandbox import Sandbox

FEE = 20_000


def held(sandbox: Sandbox) -> int:
    return sandbox.balance("krw")


def told(sandbox: Sandbox, dispute: stripe.Dispute) -> list[tuple[str, str]]:
    found = [event for event in sandbox.events_about(dispute.id) if event["type"].startswith("charge.dispute.")]
    return [(event["type"].removeprefix("charge.dispute."), event["data"]["object"]["status"]) for event in found]


def test_the_money_goes_at_once_with_a_fee(sandbox: Sandbox) -> None:
    intent = sandbox.paid()
    before = held(sandbox)
    dispute = sandbox.disputed(intent.id)
    assert (dispute.amount, dispute.status, dispute.payment_intent) == (200_000, "needs_response", intent.id)
    assert [(one.amount, one.fee, one.type) for one in dispute.balance_transactions] == [(-200_000, FEE, "adjustment")]
    assert held(sandbox) == before - 200_000 - FEE
    assert told(sandbox, dispute) == [("created", "needs_response"), ("funds_withdrawn", "needs_response")]
    assert sandbox.api.v1.charges.retrieve(str(dispute.charge)).disputed


@pytest.mark.parametrize(
    ("done", "status", "back", "events"),
    [
        (["answer", "win"], "won", 200_000, ["updated", "closed", "funds_reinstated"]),
        (["lose"], "lost", 0, ["closed"]),
        (["answer", "lose", "win"], "won", 200_000, ["updated", "closed", "closed", "funds_reinstated"]),
    ],
)
def test_how_it_ends(sandbox: Sandbox, done: list[str], status: str, back: int, events: list[str]) -> None:
    intent = sandbox.paid()
    before = held(sandbox)
    dispute = sandbox.disputed(intent.id, *done)
    assert dispute.status == status
    assert held(sandbox) == before - 200_000 - FEE + back
    assert [kind for kind, _ in told(sandbox, dispute)][2:] == events


def test_an_inquiry_moves_nothing_until_it_is_escalated(sandbox: Sandbox) -> None:
    intent = sandbox.paid()
    before = held(sandbox)
    asked = sandbox.disputed(intent.id, "answer", inquiry=True)
    assert (asked.status, asked.is_charge_refundable, held(sandbox)) == ("warning_under_review", True, before)
    sandbox.decide(asked.id, "escalate")
    assert held(sandbox) == before - 200_000 - FEE
    other = sandbox.disputed(sandbox.paid().id, "win", inquiry=True)
    assert (other.status, list(other.balance_transactions)) == ("warning_closed", [])


@pytest.mark.parametrize("done", [[], ["lose"]])
def test_what_the_bank_took_is_not_refunded_too(sandbox: Sandbox, done: list[str]) -> None:
    intent = sandbox.paid()
    sandbox.disputed(intent.id, *done)
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.v1.refunds.create(params={"payment_intent": intent.id})
    assert raised.value.code == "charge_disputed"


@pytest.mark.parametrize("how", [{"inquiry": True}, {"done": "win"}])
def test_what_is_at_hand_is_refunded(sandbox: Sandbox, how: dict[str, Any]) -> None:
    intent = sandbox.paid()
    sandbox.disputed(intent.id, *filter(None, [how.get("done")]), inquiry=how.get("inquiry", False))
    assert sandbox.api.v1.refunds.create(params={"payment_intent": intent.id}).status == "succeeded"


def test_only_a_part_and_never_more_than_was_paid(sandbox: Sandbox) -> None:
    assert sandbox.disputed(sandbox.paid().id, amount=50_000).amount == 50_000
    refunded = sandbox.paid()
    sandbox.api.v1.refunds.create(params={"payment_intent": refunded.id, "amount": 80_000})
    assert sandbox.disputed(refunded.id).amount == 120_000
    with pytest.raises(urllib.error.HTTPError):
        sandbox.disputed(sandbox.paid().id, amount=200_001)


def test_a_decision_that_does_not_fit_is_refused(sandbox: Sandbox) -> None:
    intent = sandbox.paid().id
    dispute = sandbox.disputed(intent, "win")
    with pytest.raises(urllib.error.HTTPError):
        sandbox.decide(dispute.id, "lose")
    assert [one.id for one in sandbox.api.v1.disputes.list(params={"payment_intent": intent}).data] == [dispute.id]


@pytest.mark.parametrize(("card", "status"), [("0259", "needs_response"), ("1976", "warning_needs_response")])
def test_a_card_whose_buyer_disputes_later(sandbox: Sandbox, card: str, status: str) -> None:
    intent = sandbox.paid(f"400000000000{card}")
    params: Any = {"payment_intent": intent.id}
    assert not sandbox.api.v1.disputes.list(params=params).data
    sandbox.settle()
    assert [one.status for one in sandbox.api.v1.disputes.list(params=params).data] == [status]


def test_the_pages_of_a_payment_and_of_its_dispute(sandbox: Sandbox) -> None:
    """Where somebody who tries the demo is the buyer, then the bank."""
    intent = sandbox.paid().id
    assert "결제하지 않았어요" in sandbox.raw("GET", f"/payments/{intent}", Accept_Language="ko")[2]
    assert sandbox.raw("POST", f"/payments/{intent}", "what=fraudulent")[0] == 303
    dispute = sandbox.api.v1.disputes.list(params={"payment_intent": intent}).data[0]
    page = sandbox.raw("GET", f"/payments/{intent}")[2]
    assert f"/disputes/{dispute.id}" in page
    assert 'name="what"' not in page
    assert "needs_response" in sandbox.raw("GET", f"/disputes/{dispute.id}")[2]
    for _ in range(2):
        assert sandbox.raw("POST", f"/disputes/{dispute.id}", "what=lose")[0] == 303
    assert sandbox.api.v1.disputes.retrieve(dispute.id).status == "lost"
    assert sandbox.raw("GET", "/disputes/dp_none")[0] == 404


REFUSED = "4000000000000002"


@pytest.mark.parametrize(
    ("end", "card", "arrives"),
    [("arrive", "4242424242424242", True), ("bounce", "4242424242424242", False), ("arrive", REFUSED, False)],
)
def test_money_that_takes_days(sandbox: Sandbox, end: str, card: str, *, arrives: bool) -> None:
    before = held(sandbox)
    session = sandbox.session()
    sandbox.pay(session.id, card, later=end)
    shown = sandbox.api.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent"]})
    assert (shown.status, shown.payment_status, held(sandbox)) == ("complete", "unpaid", before)
    assert isinstance(shown.payment_intent, stripe.PaymentIntent)
    assert shown.payment_intent.status == "processing"
    sandbox.settle()
    after = sandbox.api.v1.checkout.sessions.retrieve(session.id)
    assert after.payment_status == ("paid" if arrives else "unpaid")
    assert held(sandbox) == before + (193_000 if arrives else 0)
    event = "async_payment_succeeded" if arrives else "async_payment_failed"
    assert sandbox.events_about(session.id)[-1]["type"] == f"checkout.session.{event}"

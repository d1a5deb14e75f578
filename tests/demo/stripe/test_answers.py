"""Answers: every object has what Stripe's own library says it always has, of the right type, and nothing else."""

import json
from typing import Any

import pytest
import stripe

from tests.demo.stripe.official import RESOURCES, complaints
from tests.demo.stripe.sandbox import (
    AT_ONCE,
    DECLINED,
    OK,
    REFUND_FAILS,
    REFUND_WAITS,
    SECURE,
    Sandbox,
    sending,
)

LISTS = {
    "checkout.session": ("/v1/checkout/sessions", [
        "data.line_items.data.price.product",
        "data.payment_intent.latest_charge.balance_transaction",
        "data.payment_intent.payment_method",
    ]),
    "payment_intent": ("/v1/payment_intents", ["data.latest_charge.refunds", "data.payment_method"]),
    "charge": ("/v1/charges", ["data.refunds", "data.balance_transaction", "data.payment_intent"]),
    "refund": ("/v1/refunds", ["data.charge", "data.balance_transaction", "data.failure_balance_transaction"]),
    "balance_transaction": ("/v1/balance_transactions", ["data.source"]),
    "dispute": ("/v1/disputes", ["data.charge", "data.payment_intent"]),
    "event": ("/v1/events", []),
    "account": ("/v1/accounts", []),
    "transfer": ("/v1/transfers", ["data.balance_transaction", "data.destination"]),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def life(running: Sandbox) -> None:
    """Everything that can happen to a payment has happened once."""
    sessions = [running.session() for _ in range(4)]
    running.pay(sessions[0].id, DECLINED)
    running.pay(sessions[1].id, SECURE, challenge="leave")
    running.pay(sessions[2].id, SECURE, challenge="fail")
    running.api.v1.checkout.sessions.expire(sessions[0].id)
    running.pay(running.session(0).id)
    running.session(customer_email="a@example.com", custom_text={"submit": {"message": "!"}}, locale="ko")
    for card in (OK, SECURE, AT_ONCE, REFUND_FAILS, REFUND_WAITS):
        intent = running.paid(card, payment_intent_data={"metadata": {"a": "b"}, "transfer_group": "g"})
        running.api.v1.refunds.create(params={"payment_intent": intent.id, "amount": 50_000})
    life_of_disputes(running)
    running.settle()
    life_of_an_account(running)


def life_of_disputes(running: Sandbox) -> None:
    """A dispute in each way it can stand."""
    for inquiry, done in ((True, ()), (False, ("answer", "win")), (False, ("lose",)), (True, ("escalate",))):
        running.dispute(running.paid().id, *done, inquiry=inquiry)


def life_of_an_account(running: Sandbox) -> None:
    """Everything that can happen to a connected account and to money sent to it."""
    for person in ("unfinished", "document", "back"):
        account = running.account(person)
    running.paid(AT_ONCE, currency="usd", amount=20_000)
    transfer = running.api.v1.transfers.create(params=sending(account))
    running.api.v1.transfers.reversals.create(transfer.id, params={"amount": 100})
    running.settle()
    running.onboard(account, "fine")
    running.settle()


def answer(sandbox: Sandbox, path: str, **params: Any) -> Any:
    return json.loads(sandbox.api.raw_request("get", path, **params).body)


@pytest.mark.parametrize("kind", LISTS)
def test_objects_are_as_the_library_types_them(sandbox: Sandbox, kind: str) -> None:
    path, expand = LISTS[kind]
    for more in ({}, {"expand": expand}):
        page = answer(sandbox, path, limit=100, **more)
        assert page["data"]
        wrong = complaints(page, stripe.ListObject[RESOURCES[kind]], kind)  # type: ignore[misc]
        assert not wrong, "\n".join(wrong[:20])


def test_objects_in_events_are_as_the_library_types_them(sandbox: Sandbox) -> None:
    told = answer(sandbox, "/v1/events", limit=100)["data"]
    for event in told:
        subject = event["data"]["object"]
        assert not complaints(subject, RESOURCES[subject["object"]], event["type"])
    assert {"charge.refunded", "refund.updated", "charge.dispute.closed"} <= {event["type"] for event in told}


def test_the_balance_and_the_lines_are_as_the_library_types_them(sandbox: Sandbox) -> None:
    assert not complaints(answer(sandbox, "/v1/balance"), stripe.Balance, "balance")
    lines = answer(sandbox, f"/v1/checkout/sessions/{sandbox.session().id}/line_items")
    assert not complaints(lines, stripe.ListObject[stripe.LineItem], "lines")  # type: ignore[misc]


def test_what_a_connected_account_has_is_as_the_library_types_it(sandbox: Sandbox) -> None:
    transfer = sandbox.api.v1.transfers.list(params={"limit": 1}).data[0]
    account = str(transfer.destination)
    lists = {
        f"/v1/accounts/{account}/capabilities": (stripe.Capability, {}),
        f"/v1/transfers/{transfer.id}/reversals": (stripe.TransferReversal, {}),
        "/v1/payouts": (stripe.Payout, {"stripe_account": account}),
        "/v1/balance_transactions": (stripe.BalanceTransaction, {"stripe_account": account}),
        "/v1/events": (stripe.Event, {"stripe_account": account}),
    }
    for path, (kind, more) in lists.items():
        found = answer(sandbox, path, **more)
        assert found["data"], path
        assert not complaints(found, stripe.ListObject[kind], path)  # type: ignore[valid-type]
        for event in found["data"] if kind is stripe.Event else []:
            subject = event["data"]["object"]
            assert event["account"] == account
            assert not complaints(subject, RESOURCES[subject["object"]], event["type"])
    assert not complaints(answer(sandbox, "/v1/balance", stripe_account=account), stripe.Balance, "balance")
    link = sandbox.link(account)
    assert not complaints(link.to_dict(), stripe.AccountLink, "account_link")


@pytest.mark.parametrize("change", [
    {"created": "now"}, {"created": None}, {"colour": "blue"}, {"status": "closed"}, {"metadata": []},
    {"automatic_tax": {}}, {"created": True},
])  # fmt: skip
def test_the_check_finds_what_is_wrong(sandbox: Sandbox, change: dict[str, Any]) -> None:
    session = answer(sandbox, f"/v1/checkout/sessions/{sandbox.session().id}")
    assert not complaints(session, stripe.checkout.Session, "session")
    assert complaints({**session, **change}, stripe.checkout.Session, "session")
    missing = {name: value for name, value in session.items() if name not in change}
    assert bool(complaints(missing, stripe.checkout.Session, "session")) == (next(iter(change)) in ALWAYS)


ALWAYS = {"automatic_tax", "created"}

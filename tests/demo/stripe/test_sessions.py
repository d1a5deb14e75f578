"""Checkout Sessions from open to complete or expired, and the money that comes of them."""

import time

import pytest
import stripe

from tests.demo.stripe.sandbox import (
    AT_ONCE,
    DECLINED,
    OK,
    POOR,
    REFUND_FAILS,
    REFUND_WAITS,
    SECURE,
    Sandbox,
)


def now(sandbox: Sandbox, session: str) -> stripe.checkout.Session:
    return sandbox.api.v1.checkout.sessions.retrieve(session)


def test_a_session_begins_open_and_unpaid(sandbox: Sandbox) -> None:
    session = sandbox.session(metadata={"payment": "p1"}, client_reference_id="c1", customer_email="a@example.com")
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert session.url == f"{sandbox.address}/c/pay/{session.id}"
    assert (session.amount_total, session.currency) == (200_000, "krw")
    assert (session.client_reference_id, session.customer_email) == ("c1", "a@example.com")
    assert session.metadata is not None
    assert session.metadata.to_dict() == {"payment": "p1"}
    assert session.expires_at == session.created + 24 * 3600


def test_a_paid_session_is_complete_and_its_payment_has_what_was_asked_for_it(sandbox: Sandbox) -> None:
    more = {"metadata": {"payment": "p2"}, "transfer_group": "group"}
    session = sandbox.session(metadata={"only": "here"}, payment_intent_data=more)
    assert sandbox.pay(session.id)["paid"]
    after, intent = now(sandbox, session.id), sandbox.intent(session.id)
    assert (after.status, after.payment_status, after.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received, intent.transfer_group) == ("succeeded", 200_000, "group")
    assert intent.metadata.to_dict() == {"payment": "p2"}


def test_a_session_over_nothing_needs_no_payment(sandbox: Sandbox) -> None:
    session = sandbox.session(0)
    assert sandbox.pay(session.id)["paid"]
    after = now(sandbox, session.id)
    assert (after.status, after.payment_status, after.payment_intent) == ("complete", "no_payment_required", None)


def test_only_an_open_session_can_be_ended(sandbox: Sandbox) -> None:
    session, paid = sandbox.session(), sandbox.session()
    sandbox.pay(paid.id)
    ended = sandbox.api.v1.checkout.sessions.expire(session.id)
    assert (ended.status, ended.url, ended.payment_status) == ("expired", None, "unpaid")
    for identity, status in ((session.id, "expired"), (paid.id, "complete")):
        with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
            sandbox.api.v1.checkout.sessions.expire(identity)
        assert now(sandbox, identity).status == status
    assert not sandbox.pay(session.id)["paid"]


def test_time_ends_a_session(sandbox: Sandbox) -> None:
    soon = sandbox.session(expires_at=int(time.time()) + 1800)
    later = sandbox.session(expires_at=int(time.time()) + 3600)
    sandbox.pay(soon.id, DECLINED)
    intent = sandbox.intent(soon.id).id
    sandbox.ask("POST", "clock", advance=1801)
    try:
        assert [now(sandbox, one.id).status for one in (soon, later)] == ["expired", "open"]
        assert sandbox.api.v1.payment_intents.retrieve(intent).status == "canceled"
    finally:
        sandbox.ask("POST", "clock", advance=-1801)


@pytest.mark.parametrize(("seconds", "fine"), [(1700, False), (1801, True), (86_390, True), (90_000, False)])
def test_a_session_lives_from_half_an_hour_to_a_day(sandbox: Sandbox, seconds: int, fine: bool) -> None:
    expires_at = int(time.time()) + seconds
    if fine:
        assert sandbox.session(expires_at=expires_at).expires_at == expires_at
        return
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.session(expires_at=expires_at)
    assert raised.value.param == "expires_at"


@pytest.mark.parametrize(
    ("card", "code"),
    [(DECLINED, "generic_decline"), (POOR, "insufficient_funds"), ("4111111111111111", "test_mode_live_card")],
)
def test_a_declined_card_leaves_the_session_open_for_another(sandbox: Sandbox, card: str, code: str) -> None:
    session = sandbox.session()
    assert sandbox.pay(session.id, card)["error"]["decline_code"] == code
    failed = sandbox.intent(session.id)
    charge = failed.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert (now(sandbox, session.id).status, failed.status) == ("open", "requires_payment_method")
    assert (charge.status, charge.paid, charge.balance_transaction) == ("failed", False, None)
    assert sandbox.pay(session.id, OK)["paid"]
    assert sandbox.intent(session.id).id == failed.id


@pytest.mark.parametrize(("challenge", "status"), [("pass", "complete"), ("fail", "open")])
def test_the_bank_may_ask_first(sandbox: Sandbox, challenge: str, status: str) -> None:
    session = sandbox.session()
    sandbox.pay(session.id, SECURE, challenge="leave")
    assert sandbox.intent(session.id).status == "requires_action"
    sandbox.pay(session.id, SECURE, challenge=challenge)
    assert now(sandbox, session.id).status == status


@pytest.mark.parametrize(("amount", "currency", "fee"), [(200_000, "krw", 7_000), (10_000, "usd", 320)])
def test_stripe_keeps_its_fee(sandbox: Sandbox, amount: int, currency: str, fee: int) -> None:
    intent = sandbox.paid(amount=amount, currency=currency)
    entry = intent.latest_charge.balance_transaction  # type: ignore[union-attr]
    assert isinstance(entry, stripe.BalanceTransaction)
    assert (entry.type, entry.amount, entry.fee, entry.net) == ("charge", amount, fee, amount - fee)
    assert sum(detail.amount for detail in entry.fee_details) == fee


@pytest.mark.parametrize(("card", "status"), [(OK, "pending"), (AT_ONCE, "available")])
def test_money_waits_before_it_is_available(sandbox: Sandbox, card: str, status: str) -> None:
    before = sandbox.api.v1.balance.retrieve()
    entry = sandbox.paid(card, currency="eur", amount=10_000).latest_charge.balance_transaction  # type: ignore[union-attr]
    after = sandbox.api.v1.balance.retrieve()
    assert isinstance(entry, stripe.BalanceTransaction)
    assert entry.status == status
    assert euros(getattr(after, status)) - euros(getattr(before, status)) == entry.net


def euros(parts: list[stripe.Balance.Available]) -> int:
    return sum(part.amount for part in parts if part.currency == "eur")


def test_refunds_add_up_to_the_charge_and_no_further(sandbox: Sandbox) -> None:
    intent = sandbox.paid()
    refunds = sandbox.api.v1.refunds
    first = refunds.create(params={"payment_intent": intent.id, "amount": 50_000, "metadata": {"refund": "r1"}})
    assert (first.status, first.amount, first.charge) == ("succeeded", 50_000, intent.latest_charge.id)  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError) as raised:
        refunds.create(params={"payment_intent": intent.id, "amount": 150_001})
    assert raised.value.param == "amount"
    assert refunds.create(params={"charge": intent.latest_charge.id}).amount == 150_000  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError) as raised:
        refunds.create(params={"payment_intent": intent.id})
    assert raised.value.code == "charge_already_refunded"
    charge = sandbox.api.v1.charges.retrieve(intent.latest_charge.id)  # type: ignore[union-attr]
    assert (charge.refunded, charge.amount_refunded) == (True, 200_000)


def test_what_was_not_paid_cannot_be_refunded(sandbox: Sandbox) -> None:
    session = sandbox.session()
    sandbox.pay(session.id, DECLINED)
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.api.v1.refunds.create(params={"payment_intent": sandbox.intent(session.id).id})


def net(sandbox: Sandbox, charge: str) -> int:
    """What a charge and its refunds did to the balance."""
    refunds = sandbox.api.v1.refunds.list(params={"charge": charge}).data
    listed = sandbox.api.v1.balance_transactions.list
    return sum(entry.net for one in (charge, *(r.id for r in refunds)) for entry in listed(params={"source": one}).data)


@pytest.mark.parametrize(
    ("card", "first", "last", "left"),
    [(REFUND_FAILS, "succeeded", "failed", 193_000), (REFUND_WAITS, "pending", "succeeded", -7_000)],
)
def test_a_refund_may_end_later(sandbox: Sandbox, card: str, first: str, last: str, left: int) -> None:
    charge = sandbox.paid(card).latest_charge
    assert isinstance(charge, stripe.Charge)
    refund = sandbox.api.v1.refunds.create(params={"charge": charge.id})
    assert (refund.status, net(sandbox, charge.id)) == (first, -7_000)
    sandbox.settle()
    refund = sandbox.api.v1.refunds.retrieve(refund.id)
    assert (refund.status, net(sandbox, charge.id)) == (last, left)
    assert sandbox.api.v1.charges.retrieve(charge.id).refunded == (last == "succeeded")
    told = {event["type"] for event in sandbox.events_about(refund.id)}
    assert {"refund.created", "refund.updated", "charge.refund.updated"} <= told
    assert ("refund.failed" in told) == (last == "failed")


def test_events_hold_the_object_as_it_was_then(sandbox: Sandbox) -> None:
    session = sandbox.session()
    sandbox.pay(session.id)
    intent = sandbox.intent(session.id)
    told = {event["type"]: event for event in sandbox.events_about(session.id, intent.id)}
    assert told["payment_intent.created"]["data"]["object"]["status"] == "requires_payment_method"
    assert told["payment_intent.succeeded"]["data"]["object"]["status"] == "succeeded"
    assert told["checkout.session.completed"]["data"]["object"]["payment_status"] == "paid"
    assert sandbox.api.v1.events.retrieve(told["charge.succeeded"]["id"]).type == "charge.succeeded"


def test_the_request_behind_an_event_is_named(sandbox: Sandbox) -> None:
    session = sandbox.session()
    ended = sandbox.api.v1.checkout.sessions.expire(session.id, options={"idempotency_key": f"end-{session.id}"})
    event = sandbox.events_about(session.id)[-1]
    assert ended.last_response is not None
    assert event["request"] == {"id": ended.last_response.request_id, "idempotency_key": f"end-{session.id}"}

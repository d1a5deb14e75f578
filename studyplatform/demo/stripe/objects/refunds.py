"""Refunds: money going back, at once or later, and now and then not arriving."""

from typing import Any

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.currencies import shown
from studyplatform.demo.stripe.errors import invalid, no_such, refused
from studyplatform.demo.stripe.lists import CREATED, EXPAND, PAGE, equals, page
from studyplatform.demo.stripe.objects import balance_transactions, disputes, events, shapes
from studyplatform.demo.stripe.params import Choice, Email, Integer, Metadata, Schema, Text, absent
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, Cause, World

CREATE: Schema = {
    **EXPAND,
    "amount": Integer(1),
    "charge": Text(),
    "instructions_email": Email(),
    "metadata": Metadata(),
    "payment_intent": Text(),
    "reason": Choice(("duplicate", "fraudulent", "requested_by_customer")),
    **absent("currency", "customer", "origin", "refund_application_fee", "reverse_transfer"),
}
LIST: Schema = {**PAGE, **CREATED, "charge": Text(), "payment_intent": Text()}


def create(call: Call) -> Json:
    """POST /v1/refunds."""
    charge = _charge(call.world, call.params)
    amount = _amount(charge, call.params)
    refund = _make(call.world, charge, amount, call.params)
    previous = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    _count(call.world, charge, amount)
    events.emit(call.world, "refund.created", shapes.public(refund), call.cause)
    events.emit(call.world, "charge.refunded", shapes.public(charge), call.cause, previous)
    if charge["_refunds"]:
        call.world.later(charge["_refunds"], refund["id"])
    return shapes.public(refund)


def _charge(world: World, params: dict[str, Any]) -> Json:
    names = [name for name in ("charge", "payment_intent") if name in params]
    if not names:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid(message, "payment_intent", "parameter_missing")
    if len(names) == 2:
        raise invalid("You may only specify one of these parameters: payment_intent, charge.", "payment_intent")
    found = world.store.get(names[0], params[names[0]])
    if not found:
        raise no_such(names[0], params[names[0]], names[0], status=404)
    charge = found if names[0] == "charge" else world.store.get("charge", found["latest_charge"] or "")
    if charge and disputes.held(world, charge["id"]):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise refused(message, "", "charge_disputed")
    if not charge or not charge["paid"]:
        raise refused(f"This {found['object']} ({found['id']}) does not have a successful charge to refund.", names[0])
    return charge


def _amount(charge: Json, params: dict[str, Any]) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left <= 0:
        raise refused(f"Charge {charge['id']} has already been refunded.", "", "charge_already_refunded")
    amount: int = params.get("amount", left)
    if amount > left:
        asked, there = shown(amount, charge["currency"]), shown(left, charge["currency"])
        raise refused(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({there})", "amount")
    return amount


def _make(world: World, charge: Json, amount: int, params: dict[str, Any]) -> Json:
    identity = ids.new("re")
    booked = balance_transactions.record(
        world, "refund", identity, -amount, charge["currency"], delay=0, description="REFUND FOR CHARGE"
    )
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    return world.store.add(
        {
            "id": identity,
            "object": "refund",
            "amount": amount,
            "balance_transaction": booked["id"],
            "charge": charge["id"],
            "created": world.clock.now(),
            "currency": charge["currency"],
            "customer": None,
            "customer_account": None,
            "description": None,
            "destination_details": {"card": card, "type": "card"},
            "failure_balance_transaction": None,
            "failure_reason": None,
            "instructions_email": params.get("instructions_email"),
            "metadata": params.get("metadata", {}),
            "next_action": None,
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "pending_reason": "processing" if charge["_refunds"] == "wait" else None,
            "reason": params.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "pending" if charge["_refunds"] == "wait" else "succeeded",
            "transfer_reversal": None,
        }
    )


def _count(world: World, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.store.save(charge)


def settle(world: World, identity: str, action: str) -> None:
    """Do what a test card's refund does later: `wait` succeeds, `fail` comes back to the balance."""
    refund = world.store.get("refund", identity)
    if refund and action == "fail":
        _fail(world, refund)
    elif refund:
        refund |= {"status": "succeeded", "pending_reason": None}
        _tell(world, refund, {"status": "pending", "pending_reason": "processing"})


def _fail(world: World, refund: Json) -> None:
    booked = balance_transactions.record(
        world, "refund_failure", refund["id"], refund["amount"], refund["currency"], delay=0,
        description="REFUND FAILURE",
    )  # fmt: skip
    reason = "expired_or_canceled_card"
    refund |= {"status": "failed", "failure_reason": reason, "failure_balance_transaction": booked["id"]}
    charge = world.store.get("charge", refund["charge"]) or {}
    _count(world, charge, -refund["amount"])
    previous = {"status": "succeeded", "failure_reason": None, "failure_balance_transaction": None}
    _tell(world, refund, previous)
    events.emit(world, "refund.failed", shapes.public(refund), Cause(), previous)


def _tell(world: World, refund: Json, previous: Json) -> None:
    world.store.save(refund)
    for kind in ("refund.updated", "charge.refund.updated"):
        events.emit(world, kind, shapes.public(refund), Cause(), previous)


def retrieve(call: Call) -> Json:
    """GET /v1/refunds/:id."""
    found = call.world.store.get("refund", call.identity)
    if not found:
        raise no_such("refund", call.identity, "id")
    return shapes.public(found)


def listed(call: Call) -> Json:
    """GET /v1/refunds."""
    conditions = equals(call.params, "charge", "payment_intent")
    answer = page(call.world.store, "refund", call.path, call.params, *conditions)
    answer["data"] = [shapes.public(body) for body in answer["data"]]
    return answer

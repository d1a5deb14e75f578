"""Transfer reversals: money fetched back from a connected account, as far as it is still there."""

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.currencies import shown as amount_shown
from studyplatform.demo.stripe.errors import refused
from studyplatform.demo.stripe.lists import EXPAND, PAGE, equals, page
from studyplatform.demo.stripe.objects import balance, balance_transactions, events, transfers
from studyplatform.demo.stripe.params import Integer, Metadata, Schema, Text, absent
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call

CREATE: Schema = {
    **EXPAND,
    "amount": Integer(1),
    "description": Text(),
    "metadata": Metadata(),
    **absent("refund_application_fee"),
}


def create(call: Call) -> Json:
    """POST /v1/transfers/:id/reversals."""
    world, transfer = call.world, transfers.find(call.world, call.identity)
    amount = _amount(call, transfer)
    reversal = _make(call, transfer, amount)
    before = {name: transfer[name] for name in ("amount_reversed", "reversed")}
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    world.store.save(transfer)
    events.emit(world, "transfer.reversed", transfers.shown(world, transfer), call.cause, before)
    return reversal


def _amount(call: Call, transfer: Json) -> int:
    left = transfer["amount"] - transfer["amount_reversed"]
    amount: int = call.params.get("amount", left)
    if left <= 0:
        raise refused(f"Transfer {transfer['id']} is already fully reversed.")
    if amount > left:
        asked, there = (amount_shown(sum_, transfer["currency"]) for sum_ in (amount, left))
        raise refused(f"Reversal amount ({asked}) is greater than unreversed amount on transfer ({there})", "amount")
    if balance.available(call.world, transfer["currency"], transfer["destination"]) < amount:
        message = "The connected account does not have enough available funds for this reversal."
        raise refused(message, "", "balance_insufficient")
    return amount


def _make(call: Call, transfer: Json, amount: int) -> Json:
    world, identity, currency = call.world, ids.new("trr"), transfer["currency"]
    refund = ids.new("pyr")
    booked = balance_transactions.record(world, "transfer_refund", identity, amount, currency, delay=0)
    there = transfer["destination"]
    balance_transactions.record(world, "payment_refund", refund, -amount, currency, delay=0, account=there)
    return world.store.add(
        {
            "id": identity,
            "object": "transfer_reversal",
            "amount": amount,
            "balance_transaction": booked["id"],
            "created": world.clock.now(),
            "currency": currency,
            "destination_payment_refund": refund,
            "metadata": call.params.get("metadata", {}),
            "source_refund": None,
            "transfer": transfer["id"],
        }
    )


def listed(call: Call) -> Json:
    """GET /v1/transfers/:id/reversals."""
    transfers.find(call.world, call.identity)
    found = equals({"transfer": call.identity}, "transfer")
    return page(call.world.store, "transfer_reversal", call.path, call.params, *found)


LIST: Schema = PAGE

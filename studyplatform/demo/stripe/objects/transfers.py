"""Transfers: money from the platform's balance to a connected account's. They have no status: they are there or not."""

from typing import Any

from studyplatform.demo.stripe import countries, currencies, ids
from studyplatform.demo.stripe.errors import invalid, missing, no_such, refused, short
from studyplatform.demo.stripe.lists import CREATED, EXPAND, PAGE, equals, page
from studyplatform.demo.stripe.objects import balance, balance_transactions, events, payouts, shapes
from studyplatform.demo.stripe.params import Choice, Integer, Metadata, Required, Schema, Text, absent
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, World

CREATE: Schema = {
    **EXPAND,
    "amount": Integer(1),
    "currency": Required(Text(3)),
    "description": Text(),
    "destination": Required(Text()),
    "metadata": Metadata(),
    "source_type": Choice(("card",)),
    "transfer_group": Text(),
    **absent("source_transaction"),
}
LIST: Schema = {**PAGE, **CREATED, "destination": Text(), "transfer_group": Text()}


def create(call: Call) -> Json:
    """POST /v1/transfers."""
    world, params = call.world, call.params
    if "amount" not in params:
        raise missing("amount")
    currency = params["currency"].lower()
    if currency not in currencies.KNOWN:
        raise invalid(f"Invalid currency: {currency}.", "currency")
    account = _destination(world, params["destination"])
    if balance.available(world, currency) < params["amount"]:
        raise short()
    transfer = _make(world, account, currency, params)
    events.emit(world, "transfer.created", shown(world, transfer), call.cause)
    payouts.plan(world, account["id"])
    return shown(world, transfer)


def _destination(world: World, identity: str) -> Json:
    account = world.store.get("account", identity)
    if not account or account.get("_left"):
        raise no_such("destination", identity, "destination", status=400)
    if account["capabilities"]["transfers"] != "active":
        raise refused(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments", "destination", "insufficient_capabilities_for_transfer",
        )  # fmt: skip
    if not countries.reached(account["country"], account["tos_acceptance"]["service_agreement"]):
        raise refused(
            f"Funds can't be sent to accounts located in {account['country']} under the full service agreement. Learn "
            "more at https://stripe.com/docs/connect/cross-border-payouts", "destination", "transfers_not_allowed",
        )  # fmt: skip
    return account


def _make(world: World, account: Json, currency: str, params: dict[str, Any]) -> Json:
    identity, payment, amount = ids.new("tr"), ids.new("py"), params["amount"]
    booked = balance_transactions.record(world, "transfer", identity, -amount, currency, delay=0)
    balance_transactions.record(world, "payment", payment, amount, currency, delay=0, account=account["id"])
    return world.store.add(
        {
            "id": identity,
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "balance_transaction": booked["id"],
            "created": world.clock.now(),
            "currency": currency,
            "description": params.get("description"),
            "destination": account["id"],
            "destination_payment": payment,
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "reversed": False,
            "source_transaction": None,
            "source_type": "card",
            "transfer_group": params.get("transfer_group"),
        }
    )


def shown(world: World, body: Json) -> Json:
    """Return a transfer with its newest reversals."""
    url = f"/v1/transfers/{body['id']}/reversals"
    found = page(world.store, "transfer_reversal", url, {}, *equals({"transfer": body["id"]}, "transfer"))
    return {**shapes.public(body), "reversals": found}


def find(world: World, identity: str) -> Json:
    """Return a stored transfer. Raises ApiError 404."""
    found = world.store.get("transfer", identity)
    if not found:
        raise no_such("transfer", identity, "transfer")
    return found


def retrieve(call: Call) -> Json:
    """GET /v1/transfers/:id."""
    return shown(call.world, find(call.world, call.identity))


def listed(call: Call) -> Json:
    """GET /v1/transfers."""
    conditions = equals(call.params, "destination", "transfer_group")
    answer = page(call.world.store, "transfer", call.path, call.params, *conditions)
    answer["data"] = [shown(call.world, body) for body in answer["data"]]
    return answer

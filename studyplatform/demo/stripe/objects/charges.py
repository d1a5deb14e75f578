"""Charges: one attempt to take money from a card, and what became of it."""

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.cards import MESSAGES, Card
from studyplatform.demo.stripe.errors import no_such
from studyplatform.demo.stripe.lists import CREATED, PAGE, equals, page
from studyplatform.demo.stripe.objects import shapes
from studyplatform.demo.stripe.params import Schema, Text
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, World

LIST: Schema = {**PAGE, **CREATED, "customer": Text(), "payment_intent": Text(), "transfer_group": Text()}


def make(world: World, intent: Json, card: Card, method: Json) -> Json:
    """Keep the charge of a payment with a card: succeeded, or failed with the card's reason."""
    refused = bool(card.code)
    amount = intent["amount"]
    return world.store.add(
        {
            "id": ids.new("ch"),
            "object": "charge",
            "amount": amount,
            "amount_captured": 0 if refused else amount,
            "amount_refunded": 0,
            "balance_transaction": None,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": intent["statement_descriptor"] or "LOCAL STRIPE",
            "captured": not refused,
            "created": world.clock.now(),
            "currency": intent["currency"],
            "description": intent["description"],
            "disputed": False,
            "failure_code": card.code or None,
            "failure_message": MESSAGES[card.decline] if refused else None,
            "metadata": intent["metadata"],
            "outcome": _outcome(card),
            "paid": not refused,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": _details(method, amount, secured=card.challenge),
            "receipt_email": intent["receipt_email"],
            "refunded": False,
            "statement_descriptor": intent["statement_descriptor"],
            "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
            "status": "failed" if refused else "succeeded",
            "transfer_group": intent["transfer_group"],
            "_refunds": card.refunds,
            **EMPTY,
        }
    )


EMPTY: Json = {
    "application": None,
    "application_fee": None,
    "application_fee_amount": None,
    "customer": None,
    "failure_balance_transaction": None,
    "fraud_details": {},
    "livemode": False,
    "on_behalf_of": None,
    "radar_options": {},
    "receipt_number": None,
    "receipt_url": None,
    "review": None,
    "shipping": None,
    "source": None,
    "source_transfer": None,
    "transfer_data": None,
}


def _outcome(card: Card) -> Json:
    refused = bool(card.code)
    return {
        "advice_code": "try_again_later" if card.decline == "insufficient_funds" else None,
        "network_advice_code": None,
        "network_decline_code": ("51" if card.decline == "insufficient_funds" else "01") if refused else None,
        "network_status": "declined_by_network" if refused else "approved_by_network",
        "reason": card.decline or None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank did not return any further details with this decline."
        if refused
        else "Payment complete.",
        "type": "issuer_declined" if refused else "authorized",
    }


def _details(method: Json, amount: int, *, secured: bool) -> Json:
    flow = {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": ids.new("dstx", 8),
        "version": "2.2.0",
    }
    return {
        "card": {
            **{name: method["card"][name] for name in shapes.CARD},
            "amount_authorized": amount,
            "authorization_code": None,
            "electronic_commerce_indicator": "05" if secured else None,
            "extended_authorization": {"status": "disabled"},
            "incremental_authorization": {"status": "unavailable"},
            "installments": None,
            "mandate": None,
            "multicapture": {"status": "unavailable"},
            "network": method["card"]["brand"],
            "network_token": {"used": False},
            "network_transaction_id": None,
            "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
            "regulated_status": "unregulated",
            "three_d_secure": flow if secured else None,
            "transaction_link_id": None,
        },
        "type": "card",
    }


def retrieve(call: Call) -> Json:
    """GET /v1/charges/:id."""
    found = call.world.store.get("charge", call.identity)
    if not found:
        raise no_such("charge", call.identity, "id")
    return shapes.public(found)


def listed(call: Call) -> Json:
    """GET /v1/charges."""
    conditions = equals(call.params, "customer", "payment_intent", "transfer_group")
    answer = page(call.world.store, "charge", call.path, call.params, *conditions)
    answer["data"] = [shapes.public(body) for body in answer["data"]]
    return answer

"""PaymentIntents: one for each checkout that somebody tried to pay, over all attempts."""

from typing import Any

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.cards import MESSAGES, Card
from studyplatform.demo.stripe.errors import no_such
from studyplatform.demo.stripe.lists import CREATED, EXPAND, PAGE, equals, page
from studyplatform.demo.stripe.objects import shapes
from studyplatform.demo.stripe.params import Schema, Text
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, World

LIST: Schema = {**PAGE, **CREATED, "customer": Text(), "customer_account": Text()}
RETRIEVE: Schema = {**EXPAND, "client_secret": Text()}


def make(world: World, session: Json) -> Json:
    """Keep the PaymentIntent of a Checkout Session with what `payment_intent_data` asked for."""
    identity = ids.new("pi")
    given: dict[str, Any] = session["_payment_intent_data"]
    return world.store.add(
        {
            "id": identity,
            "object": "payment_intent",
            "amount": session["amount_total"],
            "capture_method": given.get("capture_method", "automatic_async"),
            "client_secret": f"{identity}_secret_{ids.letters(25)}",
            "created": world.clock.now(),
            "currency": session["currency"],
            "description": given.get("description"),
            "metadata": given.get("metadata", {}),
            "payment_method_types": session["payment_method_types"],
            "receipt_email": given.get("receipt_email"),
            "statement_descriptor": given.get("statement_descriptor"),
            "statement_descriptor_suffix": given.get("statement_descriptor_suffix"),
            "status": "requires_payment_method",
            "transfer_group": given.get("transfer_group"),
            **EMPTY,
        }
    )


EMPTY: Json = {
    "allowed_payment_method_types": None,
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "amount_received": 0,
    "application": None,
    "application_fee_amount": None,
    "automatic_payment_methods": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "confirmation_method": "automatic",
    "customer": None,
    "customer_account": None,
    "excluded_payment_method_types": None,
    "last_payment_error": None,
    "latest_charge": None,
    "livemode": False,
    "managed_payments": None,
    "next_action": None,
    "on_behalf_of": None,
    "payment_method": None,
    "payment_record": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {
        "card": {"installments": None, "mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
    },
    "processing": None,
    "review": None,
    "setup_future_usage": None,
    "shipping": None,
    "source": None,
    "transfer_data": None,
}


def card_error(card: Card, method: Json, charge: str | None) -> Json:
    """Return `last_payment_error` of an attempt the bank refused."""
    return {
        "charge": charge,
        "code": card.code,
        "decline_code": card.decline,
        "doc_url": f"https://stripe.com/docs/error-codes/{card.code.replace('_', '-')}",
        "message": MESSAGES[card.decline],
        "payment_method": shapes.public(method),
        "type": "card_error",
    }


def challenge_error(method: Json) -> Json:
    """Return `last_payment_error` of an attempt whose 3-D Secure question was not answered well."""
    code = "payment_intent_authentication_failure"
    return {
        "code": code,
        "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
        "message": "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
        "PaymentMethod to attempt to fulfill this PaymentIntent again.",
        "payment_method": shapes.public(method),
        "type": "invalid_request_error",
    }


def retrieve(call: Call) -> Json:
    """GET /v1/payment_intents/:id."""
    found = call.world.store.get("payment_intent", call.identity)
    if not found:
        raise no_such("payment_intent", call.identity, "intent")
    return shapes.public(found)


def listed(call: Call) -> Json:
    """GET /v1/payment_intents."""
    conditions = equals(call.params, "customer", "customer_account")
    answer = page(call.world.store, "payment_intent", call.path, call.params, *conditions)
    answer["data"] = [shapes.public(body) for body in answer["data"]]
    return answer

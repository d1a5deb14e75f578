"""Ways of paying that take days: the page is complete at once, the money comes later, or does not.

Every verb is called inside a transaction.
"""

from studyplatform.demo.stripe import checkout
from studyplatform.demo.stripe.cards import find
from studyplatform.demo.stripe.checkout import NOBODY, Payer
from studyplatform.demo.stripe.objects import events, payment_methods, shapes
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import World

ENDS = ("arrive", "bounce")


def pay(world: World, session: Json, payer: Payer, end: str) -> Json:
    """Pay an open session with money that is on its way for days; how it ends is decided now (one of ENDS).

    The money of a card that is refused bounces.
    """
    if session["status"] != "open" or end not in ENDS:
        return session
    card, intent = find(payer.number), checkout.intent_of(world, session)
    method = payment_methods.make(world, card, payer.email, payer.name, payer.expiry)
    intent |= {"status": "processing", "payment_method": method["id"], "_card": payer.number}
    world.store.save(intent)
    events.emit(world, "payment_intent.processing", shapes.public(intent), NOBODY)
    checkout.complete(world, session, checkout.customer_details(payer.email, payer.name))
    world.later("money_bounce" if card.decline else f"money_{end}", session["id"])
    return session


def settle(world: World, identity: str, action: str) -> None:
    """Let the money of a session arrive, or not."""
    session = world.store.get("checkout.session", identity) or {}
    intent = world.store.get("payment_intent", session["payment_intent"]) or {}
    method = world.store.get("payment_method", intent["payment_method"]) or {}
    (_arrive if action == "money_arrive" else _bounce)(world, session, intent, method)


def _arrive(world: World, session: Json, intent: Json, method: Json) -> None:
    charge = checkout.take(world, intent, find(intent["_card"]), method)
    session["payment_status"] = "paid"
    world.store.save(session)
    events.emit(world, "checkout.session.async_payment_succeeded", shapes.public(session), NOBODY)
    checkout.book(world, charge, find(intent["_card"]))


def _bounce(world: World, session: Json, intent: Json, method: Json) -> None:
    error = {
        "code": "payment_method_provider_decline",
        "doc_url": "https://stripe.com/docs/error-codes/payment-method-provider-decline",
        "message": "The payment was declined by the bank. Check with it, or use another way to pay.",
        "payment_method": shapes.public(method),
        "type": "invalid_request_error",
    }
    intent |= {"status": "requires_payment_method", "payment_method": None}
    checkout.fail(world, intent, error)
    events.emit(world, "checkout.session.async_payment_failed", shapes.public(session), NOBODY)

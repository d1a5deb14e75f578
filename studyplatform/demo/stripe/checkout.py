"""What happens to a Checkout Session: somebody pays, is refused, is asked by the bank; or its time runs out.

Every verb is called inside a transaction with a session read inside it.
"""

from dataclasses import dataclass

from studyplatform.demo.stripe.cards import Card, find
from studyplatform.demo.stripe.fees import fee
from studyplatform.demo.stripe.objects import (
    balance_transactions,
    charges,
    disputes,
    events,
    payment_intents,
    payment_methods,
    shapes,
)
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Cause, World

NOBODY = Cause()


@dataclass(frozen=True)
class Payer:
    """What somebody typed into the hosted page. `expiry` is month and year."""

    number: str
    email: str
    name: str
    expiry: tuple[int, int] = (12, 2034)


def pay(world: World, session: Json, payer: Payer) -> Json:
    """Try to pay an open session with a card; returns it, complete when the money came. A closed one stays as it is."""
    if session["status"] != "open":
        return session
    card = find(payer.number)
    intent = intent_of(world, session)
    method = payment_methods.make(world, card, payer.email, payer.name, payer.expiry)
    if card.code:
        _refuse(world, intent, card, method)
        return session
    if card.challenge:
        return _ask_bank(world, session, intent, method)
    return _succeed(world, session, intent, card, method)


def finish_free(world: World, session: Json, email: str, name: str) -> Json:
    """Complete an open session that costs nothing."""
    if session["status"] == "open" and session["amount_total"] == 0:
        complete(world, session, customer_details(email, name))
    return session


def answer_bank(world: World, session: Json, *, approve: bool) -> Json:
    """Answer the 3-D Secure question of an open session; nothing happens when none is open."""
    intent = world.store.get("payment_intent", session["payment_intent"] or "")
    if session["status"] != "open" or not intent or intent["status"] != "requires_action":
        return session
    method = world.store.get("payment_method", intent["payment_method"]) or {}
    intent["next_action"] = None
    if approve:
        return _succeed(world, session, intent, _card_of(intent), method)
    intent |= {"status": "requires_payment_method", "payment_method": None}
    fail(world, intent, payment_intents.challenge_error(method))
    return session


def asked(world: World, session: Json) -> bool:
    """Tell whether the bank waits for an answer."""
    intent = world.store.get("payment_intent", session["payment_intent"] or "")
    return bool(intent and session["status"] == "open" and intent["status"] == "requires_action")


def last_refusal(world: World, session: Json) -> Json | None:
    """Return the error of the last attempt to pay a session."""
    intent = world.store.get("payment_intent", session["payment_intent"] or "")
    return intent["last_payment_error"] if intent else None


def expire(world: World, session: Json, cause: Cause = NOBODY) -> Json:
    """End an open session: nobody can pay it any more."""
    session |= {"status": "expired", "url": None}
    world.store.save(session)
    intent = world.store.get("payment_intent", session["payment_intent"] or "")
    if intent:
        intent |= {
            "status": "canceled",
            "canceled_at": world.clock.now(),
            "cancellation_reason": "expired",
            "next_action": None,
        }
        world.store.save(intent)
        events.emit(world, "payment_intent.canceled", shapes.public(intent), cause)
    events.emit(world, "checkout.session.expired", shapes.public(session), cause)
    return session


def expire_due(world: World) -> int:
    """End all open sessions whose time is over; returns how many."""
    where = "json_extract(body, '$.status') = 'open' AND json_extract(body, '$.expires_at') <= ?"
    due = world.store.select("checkout.session", where, world.clock.now(), tail="ORDER BY seq")
    for session in due:
        expire(world, session)
    return len(due)


def customer_details(email: str | None, name: str | None) -> Json:
    """Return what a session tells of the person who pays."""
    return {
        "address": shapes.address() if name else None,
        "business_name": None,
        "email": email or None,
        "individual_name": None,
        "name": name or None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [] if name else None,
    }


def intent_of(world: World, session: Json) -> Json:
    """Return the PaymentIntent of a session; it is made with the first attempt to pay."""
    found = world.store.get("payment_intent", session["payment_intent"] or "")
    if found:
        return found
    intent = payment_intents.make(world, session)
    session["payment_intent"] = intent["id"]
    world.store.save(session)
    events.emit(world, "payment_intent.created", shapes.public(intent), NOBODY)
    return intent


def _card_of(intent: Json) -> Card:
    return find(intent["_card"])


def _refuse(world: World, intent: Json, card: Card, method: Json) -> None:
    charge = charges.make(world, intent, card, method)
    intent |= {"status": "requires_payment_method", "latest_charge": charge["id"], "next_action": None}
    events.emit(world, "charge.failed", shapes.public(charge), NOBODY)
    fail(world, intent, payment_intents.card_error(card, method, charge["id"]))


def fail(world: World, intent: Json, error: Json) -> None:
    """Note why an attempt to pay failed."""
    intent["last_payment_error"] = error
    world.store.save(intent)
    events.emit(world, "payment_intent.payment_failed", shapes.public(intent), NOBODY)


def _ask_bank(world: World, session: Json, intent: Json, method: Json) -> Json:
    address = f"{world.config.public_url}/c/pay/{session['id']}/challenge"
    intent |= {
        "status": "requires_action",
        "payment_method": method["id"],
        "next_action": {"type": "redirect_to_url", "redirect_to_url": {"return_url": session["url"], "url": address}},
        "_card": "4000002500003155",
    }
    world.store.save(intent)
    events.emit(world, "payment_intent.requires_action", shapes.public(intent), NOBODY)
    return session


def _succeed(world: World, session: Json, intent: Json, card: Card, method: Json) -> Json:
    charge = take(world, intent, card, method)
    details = method["billing_details"]
    session["payment_status"] = "paid"
    complete(world, session, customer_details(details["email"], details["name"]))
    book(world, charge, card)
    return session


def take(world: World, intent: Json, card: Card, method: Json) -> Json:
    """Take the money of a PaymentIntent; returns the charge."""
    charge = charges.make(world, intent, card, method)
    intent |= {
        "status": "succeeded",
        "amount_received": intent["amount"],
        "latest_charge": charge["id"],
        "payment_method": method["id"],
        "last_payment_error": None,
        "next_action": None,
    }
    world.store.save(intent)
    events.emit(world, "charge.succeeded", shapes.public(charge), NOBODY)
    events.emit(world, "payment_intent.succeeded", shapes.public(intent), NOBODY)
    return charge


def complete(world: World, session: Json, details: Json) -> None:
    """Close a session that was paid, or will be."""
    session |= {"status": "complete", "url": None, "customer_details": details}
    world.store.save(session)
    events.emit(world, "checkout.session.completed", shapes.public(session), NOBODY)


def book(world: World, charge: Json, card: Card) -> None:
    """The money is captured a moment later (automatic_async): only now has the charge its balance transaction."""
    cost = fee(charge["amount"], charge["currency"])
    delay = 0 if card.at_once else balance_transactions.DELAY
    booked = balance_transactions.record(
        world, "charge", charge["id"], charge["amount"], charge["currency"], cost, delay=delay,
        description=charge["description"],
    )  # fmt: skip
    charge["balance_transaction"] = booked["id"]
    world.store.save(charge)
    events.emit(world, "charge.updated", shapes.public(charge), NOBODY, {"balance_transaction": None})
    if card.disputes:
        world.later(f"dispute_{card.disputes}", charge["id"])


def complain(world: World, charge: str, action: str) -> None:
    """Do what the buyer with a test card for disputes does later."""
    reason = action.removeprefix("dispute_")
    found = world.store.get("charge", charge) or {}
    disputes.start(world, found, "general" if reason == "inquiry" else reason, inquiry=reason == "inquiry")

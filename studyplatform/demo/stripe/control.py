"""What tests ask of the sandbox beside the API, under /_sandbox/."""

import json
from collections.abc import Callable
from typing import Any

from studyplatform.demo.stripe import background, cards, checkout, delayed, onboarding, webhooks
from studyplatform.demo.stripe.objects import accounts, balance_transactions, disputes, sessions, shapes
from studyplatform.demo.stripe.world import Call, Cause, World

Result = tuple[int, Any]


def respond(world: World, method: str, path: str, body: str) -> Result:
    """Return status and JSON body of a control request."""
    verb = VERBS.get(f"{method} {path.removeprefix('/_sandbox/')}")
    if not verb:
        return 404, {"error": f"No {method} {path}. There are: {', '.join(VERBS)}"}
    try:
        return verb(world, json.loads(body) if body else {})
    except (ValueError, KeyError, TypeError) as error:
        return 400, {"error": f"{type(error).__name__}: {error}"}


def _ready(world: World, given: dict[str, Any]) -> Result:
    return 200, {"ready": True, "now": world.clock.now()}


def _add_fault(world: World, given: dict[str, Any]) -> Result:
    world.faults.add(given)
    return 200, {"faults": world.faults.listed()}


def _faults(world: World, given: dict[str, Any]) -> Result:
    return 200, {"faults": world.faults.listed()}


def _clear_faults(world: World, given: dict[str, Any]) -> Result:
    world.faults.clear()
    webhooks.recover(world)
    world.bell.set()
    return 200, {"faults": []}


def _deliver(world: World, given: dict[str, Any]) -> Result:
    return 200, webhooks.flush(world)


def _deliveries(world: World, given: dict[str, Any]) -> Result:
    return 200, {"deliveries": webhooks.listed(world)}


def _resend(world: World, given: dict[str, Any]) -> Result:
    there = webhooks.resend(world, given["event"])
    return (200, {"queued": True}) if there else (404, {"error": "No such event."})


def _clock(world: World, given: dict[str, Any]) -> Result:
    if "advance" in given:
        world.clock.advance(int(given["advance"]))
    if "now" in given:
        world.clock.advance(int(given["now"]) - world.clock.now())
    background.tick(world)
    return 200, {"now": world.clock.now()}


def _settle(world: World, given: dict[str, Any]) -> Result:
    background.tick(world, early=True)
    return 200, {"settled": True}


def _pay(world: World, given: dict[str, Any]) -> Result:
    """Do what the hosted page does; a 3-D Secure question is approved unless `challenge` is "fail" or "leave".

    With `later` ("arrive" or "bounce") it is paid in a way that takes days, until `settle` is asked.
    """
    number = cards.digits(str(given.get("card", "4242424242424242")))
    email, name = given.get("email"), given.get("name", "Test Person")
    with world.store.transaction():
        found = world.store.get("checkout.session", given["session"])
        if not found:
            return 404, {"error": "No such session."}
        email = email or found["customer_email"] or "person@example.com"
        if found["amount_total"] == 0:
            session = checkout.finish_free(world, found, email, name)
        elif "later" in given:
            session = delayed.pay(world, found, checkout.Payer(number, email, name), given["later"])
        else:
            session = checkout.pay(world, found, checkout.Payer(number, email, name))
        if checkout.asked(world, session) and given.get("challenge") != "leave":
            session = checkout.answer_bank(world, session, approve=given.get("challenge") != "fail")
        error = checkout.last_refusal(world, session)
    world.bell.set()
    shown = shapes.public(sessions.find(world, session["id"]))
    return 200, {"paid": shown["status"] == "complete", "error": error, "session": shown}


def _sell(world: World, given: dict[str, Any]) -> Result:
    """Make hosted pages and have each paid by its buyer at once: a crowd in one request, like one by one."""
    with world.store.transaction():
        sold = [_sold(world, page) for page in given["pages"]]
    world.bell.set()
    return 200, {"sold": sold}


def _sold(world: World, page: dict[str, Any]) -> dict[str, Any]:
    made = sessions.create(Call(world, page, "", Cause(), "/v1/checkout/sessions"))
    payer = checkout.Payer("4242424242424242", page["customer_email"], "Test Person")
    session = checkout.pay(world, sessions.find(world, made["id"]), payer)
    intent = world.store.get("payment_intent", session["payment_intent"]) or {}
    charge = world.store.get("charge", intent["latest_charge"]) or {}
    booked = world.store.get("balance_transaction", charge["balance_transaction"]) or {}
    known = {name: made[name] for name in ("id", "url", "expires_at")}
    return {**known, "intent": intent["id"], "charge": charge["id"], "fee": booked["fee"]}


def _onboard(world: World, given: dict[str, Any]) -> Result:
    """Do what the page behind an account link does, as a sample person; or what Stripe does to an account later."""
    with world.store.transaction():
        account = accounts.find(world, given["account"])
        person = given.get("person", "fine")
        form = {"name": "Test Person", "terms": "yes", "document": "yes", **onboarding.PEOPLE.get(person, {})}
        if person in onboarding.STRIPE_DOES:
            account = onboarding.STRIPE_DOES[person](world, account)
        else:
            account = (onboarding.leave if person == "unfinished" else onboarding.finish)(world, account, form)
    world.bell.set()
    return 200, {"account": shapes.public(account)}


def _dispute(world: World, given: dict[str, Any]) -> Result:
    """Have the buyer of a payment dispute it, or its bank inquire."""
    with world.store.transaction():
        intent = world.store.get("payment_intent", given["intent"]) or {}
        charge = world.store.get("charge", intent.get("latest_charge") or "")
        if not charge:
            return 404, {"error": "No such payment."}
        made = disputes.start(
            world, charge, str(given.get("reason", disputes.REASONS[0])), given.get("amount"),
            inquiry=bool(given.get("inquiry")),
        )  # fmt: skip
        shown = disputes.shown(world, made)
    world.bell.set()
    return 200, {"dispute": shown}


def _decide(world: World, given: dict[str, Any]) -> Result:
    """Do with a dispute what the bank does, or who answers it: answer, escalate, win, lose."""
    with world.store.transaction():
        found = world.store.get("dispute", given["dispute"])
        if not found:
            return 404, {"error": "No such dispute."}
        shown = disputes.shown(world, disputes.decide(world, found, given["what"]))
    world.bell.set()
    return 200, {"dispute": shown}


def _move(world: World, given: dict[str, Any]) -> Result:
    """Move money of the platform's balance for a reason of Stripe's own: a monthly fee, a payout to its bank."""
    with world.store.transaction():
        moved = balance_transactions.record(
            world, given["kind"], given.get("source", ""), int(given["amount"]), given["currency"].lower(), delay=0
        )
    return 200, {"moved": shapes.public(moved)}


VERBS: dict[str, Callable[[World, dict[str, Any]], Result]] = {
    "GET ready": _ready,
    "GET faults": _faults,
    "POST faults": _add_fault,
    "DELETE faults": _clear_faults,
    "POST deliver": _deliver,
    "GET deliveries": _deliveries,
    "POST resend": _resend,
    "POST clock": _clock,
    "POST settle": _settle,
    "POST pay": _pay,
    "POST sell": _sell,
    "POST onboard": _onboard,
    "POST dispute": _dispute,
    "POST decide": _decide,
    "POST move": _move,
}

"""Disputes: a buyer asks their bank for the money back. The money leaves at once, with a fee; a decision may return it.

An inquiry only asks: nothing moves unless it is escalated. Every verb is called inside a transaction.
"""

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.errors import no_such
from studyplatform.demo.stripe.fees import dispute_fee
from studyplatform.demo.stripe.lists import CREATED, PAGE, equals, page
from studyplatform.demo.stripe.objects import balance_transactions, events, shapes
from studyplatform.demo.stripe.params import Schema, Text
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, Cause, World

LIST: Schema = {**PAGE, **CREATED, "charge": Text(), "payment_intent": Text()}
TIME_TO_ANSWER = 10 * 24 * 3600  # seconds
REASONS = ("product_not_received", "fraudulent", "duplicate", "credit_not_processed", "subscription_canceled")
CODES = dict(zip(REASONS, ("13.1", "10.4", "12.6", "13.6", "13.2"), strict=True))  # Visa's, by reason
HOLDING = ("needs_response", "under_review", "lost")  # the money is not at hand: nothing can be refunded
EVIDENCE = (
    *("access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure"),
    *("cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name"),
    *("customer_purchase_ip", "customer_signature", "duplicate_charge_documentation", "duplicate_charge_explanation"),
    *("duplicate_charge_id", "product_description", "receipt", "refund_policy", "refund_policy_disclosure"),
    *("refund_refusal_explanation", "service_date", "service_documentation", "shipping_address", "shipping_carrier"),
    *("shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file"),
)


def start(
    world: World, charge: Json, reason: str = REASONS[0], amount: int | None = None, *, inquiry: bool = False
) -> Json:
    """Open a dispute of a charge, or an inquiry. Raises ValueError for an amount that was not paid."""
    left = charge["amount"] - charge["amount_refunded"]
    asked = amount if amount is not None else left or charge["amount"]
    if not charge["paid"] or not 0 < asked <= charge["amount"]:
        raise ValueError("That was not paid with this charge.")
    dispute = world.store.add(_made(world, charge, reason, asked, inquiry=inquiry))
    charge["disputed"] = True
    world.store.save(charge)
    _tell(world, "created", dispute)
    if not inquiry:
        _withdraw(world, dispute)
    return dispute


def _made(world: World, charge: Json, reason: str, amount: int, *, inquiry: bool) -> Json:
    now, brand = world.clock.now(), charge["payment_method_details"]["card"]["brand"]
    kind = {"brand": brand, "case_type": "inquiry" if inquiry else "chargeback", "network": brand}
    return {
        "id": ids.new("dp"),
        "object": "dispute",
        "amount": amount,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "uncategorized_text": None, "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + TIME_TO_ANSWER,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": CODES.get(reason),
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": {**kind, "network_reason_code": CODES.get(reason)}, "type": "card"},
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_moved": [],
    }


def _withdraw(world: World, dispute: Json) -> None:
    cost = dispute_fee(dispute["currency"])
    _move(world, dispute, "dispute", -dispute["amount"], cost, f"Chargeback withdrawal for {dispute['charge']}")
    _tell(world, "funds_withdrawn", dispute)


def _move(world: World, dispute: Json, category: str, amount: int, fee: int, description: str) -> None:
    booked = balance_transactions.record(
        world, "adjustment", dispute["id"], amount, dispute["currency"], fee,
        delay=0, description=description, category=category,
    )  # fmt: skip
    dispute["_moved"].append(booked["id"])
    world.store.save(dispute)


def answer(world: World, dispute: Json, text: str = "") -> Json:
    """Hand in what speaks against a dispute; from now on the bank decides."""
    dispute["evidence"]["uncategorized_text"] = text or None
    told = {"has_evidence": True, "submission_count": 1, "submission_method": "manual"}
    dispute["evidence_details"] |= told
    under_review = "warning_under_review" if dispute["status"].startswith("warning_") else "under_review"
    return _become(world, dispute, under_review, "updated")


def escalate(world: World, dispute: Json) -> Json:
    """Turn an inquiry into a dispute: now the money goes."""
    dispute["is_charge_refundable"] = False
    _become(world, dispute, "needs_response", "updated")
    _withdraw(world, dispute)
    return dispute


def win(world: World, dispute: Json) -> Json:
    """Decide for who was paid: the money comes back, the fee does not. An inquiry is dropped."""
    if dispute["status"].startswith("warning_"):
        return _become(world, dispute, "warning_closed", "closed")
    dispute["is_charge_refundable"] = True
    _become(world, dispute, "won", "closed")
    _move(world, dispute, "dispute_reversal", dispute["amount"], 0, f"Chargeback reversal for {dispute['charge']}")
    _tell(world, "funds_reinstated", dispute)
    return dispute


def lose(world: World, dispute: Json) -> Json:
    """Decide for the buyer: the money stays gone."""
    return _become(world, dispute, "lost", "closed")


DECISIONS = {"answer": answer, "escalate": escalate, "win": win, "lose": lose}
OPEN_TO = {  # what may be done with a dispute as it stands
    "needs_response": ("answer", "win", "lose"),
    "under_review": ("win", "lose"),
    "lost": ("win",),  # an appeal
    "warning_needs_response": ("answer", "escalate", "win"),
    "warning_under_review": ("escalate", "win"),
    "warning_closed": ("escalate",),
}


def decide(world: World, dispute: Json, what: str) -> Json:
    """Do one of the DECISIONS. Raises ValueError when the dispute does not stand that way."""
    if what not in OPEN_TO.get(dispute["status"], ()):
        raise ValueError(f"A dispute that is {dispute['status']} cannot {what}.")
    return DECISIONS[what](world, dispute)


def _become(world: World, dispute: Json, status: str, event: str) -> Json:
    before = dispute["status"]
    dispute["status"] = status
    world.store.save(dispute)
    _tell(world, event, dispute, {"status": before})
    return dispute


def _tell(world: World, what: str, dispute: Json, previous: Json | None = None) -> None:
    events.emit(world, f"charge.dispute.{what}", shown(world, dispute), Cause(), previous)


def held(world: World, charge: str) -> bool:
    """Tell whether a charge's money is with a dispute."""
    return any(one["status"] in HOLDING for one in of_charge(world, charge))


def of_charge(world: World, charge: str) -> list[Json]:
    """Return the disputes of a charge, newest first."""
    return world.store.select("dispute", "json_extract(body, '$.charge') = ?", charge)


def shown(world: World, dispute: Json) -> Json:
    """Return a dispute as the API shows it: with what it did to the balance, late or not."""
    moved = [world.store.get("balance_transaction", one) or {} for one in dispute["_moved"]]
    late = dispute["evidence_details"]["due_by"] < world.clock.now() and not dispute["evidence_details"]["has_evidence"]
    return {
        **shapes.public(dispute),
        "balance_transactions": [balance_transactions.shown(world, one) for one in moved],
        "evidence_details": {**dispute["evidence_details"], "past_due": late},
    }


def retrieve(call: Call) -> Json:
    """GET /v1/disputes/:id."""
    found = call.world.store.get("dispute", call.identity)
    if not found:
        raise no_such("dispute", call.identity, "dispute")
    return shown(call.world, found)


def listed(call: Call) -> Json:
    """GET /v1/disputes."""
    conditions = equals(call.params, "charge", "payment_intent")
    answer = page(call.world.store, "dispute", call.path, call.params, *conditions)
    answer["data"] = [shown(call.world, body) for body in answer["data"]]
    return answer

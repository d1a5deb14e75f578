"""Disputes at Stripe, as `gateway` asks for everything else: plain values of `truth` out, never in a transaction."""

import datetime
from typing import Any

from payments import gateway
from payments.truth import Claim, Moved
from studyplatform.kit.edge import outside


@outside
def get_claim(reference: str) -> Claim:
    """Return a dispute as it is now. Raises Trouble."""
    with gateway._told_apart():
        return _claim(gateway._client().v1.disputes.retrieve(reference).to_dict())


@outside
def claims_of(intent: str) -> list[Claim]:
    """Return all disputes of one payment. Raises Trouble."""
    with gateway._told_apart():
        found = gateway._client().v1.disputes.list(params={"payment_intent": intent, "limit": 100})
        return [_claim(one.to_dict()) for one in found.auto_paging_iter()]


@outside
def claims_since(moment: datetime.datetime) -> list[Claim]:
    """Return the disputes opened since then, of whatever payment. Raises Trouble."""
    with gateway._told_apart():
        found = gateway._client().v1.disputes.list(params={"created": {"gte": int(moment.timestamp())}, "limit": 100})
        return [_claim(one.to_dict()) for one in found.auto_paging_iter()]


def _claim(raw: dict[str, Any]) -> Claim:
    intent, until = raw.get("payment_intent"), raw["evidence_details"].get("due_by")
    return Claim(
        id=raw["id"],
        intent=intent["id"] if isinstance(intent, dict) else intent or "",
        amount=raw["amount"],
        currency=raw["currency"].upper(),
        reason=raw["reason"],
        status=raw["status"],
        opened_at=datetime.datetime.fromtimestamp(raw["created"], datetime.UTC),
        answer_by=datetime.datetime.fromtimestamp(until, datetime.UTC) if until else None,
        moved=tuple(_moved(one) for one in raw["balance_transactions"]),
    )


def _moved(raw: dict[str, Any]) -> Moved:
    return Moved(raw["id"], raw["amount"], raw["fee"], raw["currency"].upper())

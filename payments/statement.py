"""Stripe's statement: every movement of our balance there, page by page, newest first; and whose payment one was."""

import datetime
from typing import Any

from payments import gateway
from payments.truth import Movement, Page
from studyplatform.kit.edge import outside

PAGE = 100  # the most Stripe sends at once
OURS = ("payment", "refund", "payout")  # under which of these names our id is kept with a thing at Stripe


@outside
def movements(
    since: datetime.datetime | None, until: datetime.datetime, after: str = "", *, whole: bool = False
) -> tuple[list[Movement], bool]:
    """Return one page of what moved from `since` up to before `until`, and whether there is more after it.

    `after` is the id of the last movement of the page before. `whole`: with all Stripe knows of what each came from,
    ten times the size; without it `intent` and `ours` are empty. Raises Trouble.
    """
    created = {"lt": int(until.timestamp()), **({"gte": int(since.timestamp())} if since else {})}
    params: dict[str, Any] = {"limit": PAGE, "created": created}
    params |= {"expand": ["data.source"]} if whole else {}
    params |= {"starting_after": after} if after else {}
    with gateway._told_apart():
        # Raw: a day of three hundred seats holds thousands, and Stripe's objects cost more than asking for them.
        said = gateway._client().raw_request("get", "/v1/balance_transactions", **params)
    return [_movement(one) for one in said.data["data"]], bool(said.data["has_more"])


@outside
def page_of(intent: str) -> Page | None:
    """Return the hosted page a payment was made on; None when it was made elsewhere. Raises Trouble."""
    with gateway._told_apart():
        found = gateway._client().v1.checkout.sessions.list(params={"payment_intent": intent, "limit": 1})
    return gateway.get_page(found.data[0].id) if found.data else None


def _movement(raw: dict[str, Any]) -> Movement:
    source = raw.get("source")
    thing: dict[str, Any] = source if isinstance(source, dict) else {"id": source or ""}
    intent = thing.get("payment_intent")
    return Movement(
        id=raw["id"],
        kind=raw["reporting_category"] if raw["type"] == "adjustment" else raw["type"],  # a dispute is an adjustment
        at=datetime.datetime.fromtimestamp(raw["created"], datetime.UTC),
        currency=raw["currency"].upper(),
        amount=raw["amount"],
        fee=raw["fee"],
        source=thing["id"],
        intent=intent["id"] if isinstance(intent, dict) else intent or "",
        ours=_ours(thing),
    )


def _ours(thing: dict[str, Any]) -> str:
    """What we wrote beside a thing when it was made; of a reversal, the transfer it took back."""
    kept = thing.get("metadata") or {}
    named = next((kept[name] for name in OURS if kept.get(name)), "")
    return str(named or thing.get("transfer") or "")

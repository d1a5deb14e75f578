"""The local Stripe as the world's people meet it: they pay with a card on its hosted page."""

import datetime
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

CARD = "4242424242424242"
MANY = 1_000_000
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def pay(page: str, card: str) -> None:
    """Pay a hosted page, as its buyer would; a card that is refused leaves it open."""
    _ask("POST", "pay", session=page, card=card)


def sell(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make hosted pages and pay each at once; return where each was, its intent and fee."""
    sold: list[dict[str, Any]] = _ask("POST", "sell", pages=pages)["sold"]
    return sold


def onboard(account: str, person: str) -> None:
    """Fill in Stripe's page for who is paid there as a sample person would, or have Stripe look at them again."""
    _ask("POST", "onboard", account=account, person=person)


def dispute(intent: str, reason: str) -> str:
    """Have the buyer of a payment ask their bank for the money; return the dispute's id."""
    started: str = _ask("POST", "dispute", intent=intent, reason=reason)["dispute"]["id"]
    return started


def decide(dispute: str, what: str) -> None:
    """Do with a dispute what the bank does, or who answers it: answer, win, lose."""
    _ask("POST", "decide", dispute=dispute, what=what)


def settle() -> None:
    """Let the banks answer now: refunds that were on their way arrive, or do not."""
    _ask("POST", "settle")


def stand_at(moment: datetime.datetime) -> None:
    """Set the local Stripe's clock, so that its pages and charges carry the date of the story."""
    _ask("POST", "clock", now=int(moment.timestamp()))


@contextmanager
def in_the_past() -> Iterator[None]:
    """Let the local Stripe live through the story: its webhooks arrived long ago, its clock is set right at the end."""
    _ask("POST", "faults", on="webhook", kind="drop", times=MANY)
    try:
        yield
    finally:
        stand_at(datetime.datetime.now(datetime.UTC))
        _ask("POST", "deliver")
        _ask("DELETE", "faults")


def _ask(method: str, path: str, **body: Any) -> Any:
    address = f"{settings.STRIPE_API_BASE}/_sandbox/{path}"
    with DIRECT.open(urllib.request.Request(address, json.dumps(body).encode(), method=method), timeout=30) as answer:
        return json.load(answer)

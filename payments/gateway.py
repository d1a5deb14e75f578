"""The only file that knows Stripe's library. Plain values in, plain values of `truth` out; never in a transaction.

What can go wrong comes as one of four errors; everything else is a bug.
"""

import datetime
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings

from payments.truth import Account, Charge, Event, MoneyBack, Page, Transfer
from studyplatform.kit.edge import outside

log = logging.getLogger(__name__)

RETRIES = 2
TIMEOUT = (3, 10)  # seconds to connect, to answer
TOLERANCE = 300  # seconds an event's signature may be old, or ahead
PAGE_PARTS = ["payment_intent.latest_charge.balance_transaction"]


class Trouble(Exception):
    """Stripe did not do what was asked; `code` is its own word for why."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code


class Declined(Trouble):
    """The card was refused: nothing was taken."""


class Rejected(Trouble):
    """The request itself was not accepted: nothing happened, and asking again will not help."""


class Gone(Rejected):
    """The account is not ours to look at any more."""


class TryLater(Trouble):
    """Nothing happened; the same request may work later."""


class Short(TryLater):
    """There is not enough money at hand; Stripe keeps this answer under the key for a day."""


class Disputed(TryLater):
    """The buyer's bank has taken the money: it cannot be given back a second time."""


class NoAnswer(Trouble):
    """It may or may not have happened: ask before doing anything else."""


class Broke(NoAnswer):
    """Stripe answered with an error of its own, which it keeps under the idempotency key for a day."""


CERTAIN = {"balance_insufficient": Short, "charge_disputed": Disputed}  # Stripe's codes for a certain no


class Forged(Exception):
    """An event that Stripe did not sign, or not now."""


@lru_cache(maxsize=4)
def _client_for(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
    )


def _client() -> stripe.StripeClient:
    return _client_for(settings.STRIPE_API_KEY, settings.STRIPE_API_BASE)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except stripe.StripeError as error:
        raise _trouble(error) from error


def _trouble(error: stripe.StripeError) -> Trouble:
    kind = _kind(error)
    return kind(_code(error) or type(error).__name__, error.user_message or "")


def _kind(error: stripe.StripeError) -> type[Trouble]:
    if isinstance(error, stripe.CardError):
        return Declined
    if isinstance(error, stripe.APIConnectionError):
        return NoAnswer
    if _code(error) == "account_invalid":
        return Gone
    if isinstance(error, stripe.RateLimitError | stripe.AuthenticationError | stripe.PermissionError):
        return TryLater
    if error.http_status == 409:
        return TryLater
    if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError):
        return CERTAIN.get(_code(error), Rejected)
    return Broke if (error.http_status or 0) >= 500 else NoAnswer


def _code(error: stripe.StripeError) -> str:
    body = error.json_body if isinstance(error.json_body, dict) else {}
    return str(error.code or body.get("error", {}).get("code") or "")


@outside
def create_page(
    *,
    key: str,
    payment: str,
    amount: int,
    currency: str,
    title: str,
    email: str,
    locale: str,
    expires_at: datetime.datetime,
    return_url: str,
    group: str,
) -> Page:
    """Make a hosted page for one payment; `key` is its idempotency key. Raises Rejected, TryLater, NoAnswer."""
    params: dict[str, Any] = {
        "mode": "payment",
        "client_reference_id": payment,
        "customer_email": email,
        "locale": locale,
        "expires_at": int(expires_at.timestamp()),
        "success_url": return_url,
        "cancel_url": f"{return_url}?cancelled=1",
        "metadata": {"payment": payment},
        "payment_intent_data": {"metadata": {"payment": payment}, "transfer_group": group},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": currency.lower(),
                    "unit_amount": amount,
                    "product_data": {"name": title},
                },
            }
        ],
    }
    with _told_apart():
        made = _client().v1.checkout.sessions.create(params=params, options={"idempotency_key": key})  # type: ignore[arg-type]
    return _page(made.to_dict())


@outside
def get_page(reference: str) -> Page:
    """Return a hosted page as it is now, with its charge and fee. Raises Trouble."""
    with _told_apart():
        found = _client().v1.checkout.sessions.retrieve(reference, params={"expand": PAGE_PARTS})
    return _page(found.to_dict())


@outside
def expire_page(reference: str) -> Page:
    """Close a hosted page; one that is no longer open is returned as it is. Raises Trouble."""
    try:
        with _told_apart():
            _client().v1.checkout.sessions.expire(reference)
    except Rejected:
        log.info("page %s was not open any more", reference)
    return get_page(reference)


@outside
def create_refund(*, key: str, refund: str, intent: str, amount: int) -> MoneyBack:
    """Send money back; `key` is the idempotency key, `refund` our id. Raises Rejected, TryLater, NoAnswer."""
    with _told_apart():
        made = _client().v1.refunds.create(
            params={"payment_intent": intent, "amount": amount, "metadata": {"refund": refund}},
            options={"idempotency_key": key},
        )
    return _money_back(made.to_dict())


@outside
def get_refund(reference: str) -> MoneyBack:
    """Return a refund as it is now. Raises Trouble."""
    with _told_apart():
        return _money_back(_client().v1.refunds.retrieve(reference).to_dict())


@outside
def refunds_of(intent: str) -> list[MoneyBack]:
    """Return all refunds of one payment, whoever made them. Raises Trouble."""
    with _told_apart():
        found = _client().v1.refunds.list(params={"payment_intent": intent, "limit": 100})
        return [_money_back(refund.to_dict()) for refund in found.auto_paging_iter()]


@outside
def create_account(*, key: str, payee: str, country: str, agreement: str, email: str) -> Account:
    """Make the account a person is paid on; `key` is the idempotency key. Raises Rejected, TryLater, NoAnswer."""
    params: dict[str, Any] = {
        "country": country,
        "email": email,
        "business_type": "individual",
        "controller": {
            "stripe_dashboard": {"type": "express"},
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
        },
        "capabilities": {"transfers": {"requested": True}},
        "tos_acceptance": {"service_agreement": agreement},
        "metadata": {"payee": payee},
    }
    with _told_apart():
        made = _client().v1.accounts.create(params=params, options={"idempotency_key": key})  # type: ignore[arg-type]
    return _account(made.to_dict())


@outside
def get_account(reference: str) -> Account:
    """Return a payee's account as it is now. Raises Gone, Trouble."""
    with _told_apart():
        return _account(_client().v1.accounts.retrieve(reference).to_dict())


@outside
def account_page(reference: str, *, return_url: str, refresh_url: str) -> str:
    """Return the address of the page where a payee tells what is still asked; opened once, soon. Raises Trouble."""
    with _told_apart():
        link = _client().v1.account_links.create(
            params={
                "account": reference,
                "type": "account_onboarding",
                "return_url": return_url,
                "refresh_url": refresh_url,
            }
        )
    return link.url


@outside
def create_transfer(*, key: str, payout: str, destination: str, amount: int, currency: str, group: str) -> Transfer:
    """Send money to a payee's account; `key` is the idempotency key. Raises Rejected, Short, TryLater, NoAnswer."""
    with _told_apart():
        made = _client().v1.transfers.create(
            params={
                "amount": amount,
                "currency": currency.lower(),
                "destination": destination,
                "transfer_group": group,
                "metadata": {"payout": payout},
            },
            options={"idempotency_key": key},
        )
    return _transfer(made.to_dict())


@outside
def transfers_of(group: str) -> list[Transfer]:
    """Return what was sent in a group, oldest first. Raises Trouble."""
    with _told_apart():
        found = _client().v1.transfers.list(params={"transfer_group": group, "limit": 100})
        return [_transfer(one.to_dict()) for one in found.auto_paging_iter()][::-1]


@outside
def read_event(body: bytes, signature: str) -> Event:
    """Return the event in a webhook's raw body. Raises Forged unless Stripe signed exactly this, just now."""
    try:
        text = body.decode()
        _verify(text, signature)
        _refuse_future(signature)
        raw = json.loads(text)
        return Event(raw["id"], raw["type"], raw.get("account") or "", raw["data"]["object"].get("id") or "", raw)
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Forged(str(error)) from error


def _verify(text: str, signature: str) -> None:
    """Stripe signs its own events with one secret and those of payees' accounts with another."""
    secrets = settings.STRIPE_WEBHOOK_SECRET.split(",")
    for secret in secrets[:-1]:
        with suppress(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE)
            return
    stripe.WebhookSignature.verify_header(text, signature, secrets[-1], TOLERANCE)


def _refuse_future(signature: str) -> None:
    signed_at = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
    if signed_at > time.time() + TOLERANCE:
        raise ValueError("signed in the future")


def _page(raw: dict[str, Any]) -> Page:
    intent = raw.get("payment_intent")
    parts: dict[str, Any] = intent if isinstance(intent, dict) else {"id": intent or ""}
    return Page(
        id=raw["id"],
        status=raw["status"],
        payment_status=raw["payment_status"],
        amount=raw["amount_total"],
        currency=raw["currency"].upper(),
        address=raw.get("url") or "",
        expires_at=datetime.datetime.fromtimestamp(raw["expires_at"], datetime.UTC),
        payment=(raw.get("metadata") or {}).get("payment", ""),
        intent=parts["id"],
        intent_status=parts.get("status") or "",
        decline=_decline(parts.get("last_payment_error") or {}),
        charge=_charge(parts.get("latest_charge")),
    )


def _decline(error: dict[str, Any]) -> str:
    return str(error.get("decline_code") or error.get("code") or "")


def _charge(raw: Any) -> Charge | None:
    if not isinstance(raw, dict):
        return None
    entry = raw.get("balance_transaction")
    known = entry if isinstance(entry, dict) else {}
    return Charge(raw["id"], _method(raw), known.get("fee"), str(known.get("currency") or "").upper())


def _method(charge: dict[str, Any]) -> str:
    details = charge.get("payment_method_details") or {}
    card = details.get("card")
    if card:
        return f"{card['brand'].title()} ···· {card['last4']}"
    return str(details.get("type") or "").replace("_", " ").title()


def _account(raw: dict[str, Any]) -> Account:
    wanted = raw.get("requirements") or {}
    until = wanted.get("current_deadline")
    return Account(
        id=raw["id"],
        submitted=bool(raw.get("details_submitted")),
        payouts_enabled=bool(raw.get("payouts_enabled")),
        transfers=(raw.get("capabilities") or {}).get("transfers") or "inactive",
        payee=(raw.get("metadata") or {}).get("payee", ""),
        asked=bool(wanted.get("currently_due")),
        asked_by=datetime.datetime.fromtimestamp(until, datetime.UTC) if until else None,
        rejected=str(wanted.get("disabled_reason") or "").startswith("rejected"),
    )


def _transfer(raw: dict[str, Any]) -> Transfer:
    back = tuple((one["id"], one["amount"]) for one in raw["reversals"]["data"])
    return Transfer(raw["id"], raw["amount"], raw["currency"].upper(), raw.get("transfer_group") or "", back)


def _money_back(raw: dict[str, Any]) -> MoneyBack:
    intent = raw.get("payment_intent")
    return MoneyBack(
        id=raw["id"],
        status=raw.get("status") or "pending",
        amount=raw["amount"],
        currency=raw["currency"].upper(),
        intent=intent["id"] if isinstance(intent, dict) else intent or "",
        refund=(raw.get("metadata") or {}).get("refund", ""),
        moved=bool(raw.get("balance_transaction")),
    )

"""Whether a request may come in: its secret key, the version of the API it speaks, the account it speaks for."""

import base64
import binascii
from email.message import Message

from studyplatform.demo.stripe import API_VERSION
from studyplatform.demo.stripe.errors import ApiError, no_access
from studyplatform.demo.stripe.storage import Store


def check(store: Store, headers: Message) -> str:
    """Return the connected account a request speaks for, or "". Raises ApiError when anything is not right."""
    key = _key(headers)
    _version(headers)
    return _account(store, headers, key)


def _key(headers: Message) -> str:
    """Return the secret key. Raises ApiError 401."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        value = _basic(value)
    challenge = {"WWW-Authenticate": 'Basic realm="Stripe"'}
    if not value:
        raise ApiError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
            "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
            headers=challenge,
        )
    if not value.startswith("sk_test_") or len(value) <= len("sk_test_"):
        hidden = f"{value[:8]}{'*' * max(len(value) - 12, 4)}{value[-4:]}" if len(value) > 12 else "****"
        raise ApiError(401, f"Invalid API Key provided: {hidden}", headers=challenge)
    return value


def _basic(value: str) -> str:
    try:
        return base64.b64decode(value).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _version(headers: Message) -> None:
    version = headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        raise ApiError(400, f"Invalid Stripe API version: {version}. The local Stripe speaks {API_VERSION}.")


def _account(store: Store, headers: Message, key: str) -> str:
    account = headers.get("stripe-account", "")
    found = store.get("account", account) if account else None
    if account and (not found or found.get("_left")):
        raise no_access(account, f"{key[:8]}****{key[-4:]}")
    return account

"""Numbers of accounts and residents are kept sealed: readable only with the keys of this installation."""

import hmac
from base64 import urlsafe_b64encode
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = [
    "ACCOUNT",
    "CASH_RECEIPT",
    "RESIDENT",
    "InvalidToken",
    "account",
    "fingerprint",
    "number_of",
    "open_seal",
    "seal",
]

# What is kept for one use has a key of its own.
ACCOUNT, RESIDENT, CASH_RECEIPT = "payee account", "resident number", "cash receipt"


@cache
def _key(use: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=use.encode()).derive(settings.SECRET_KEY.encode())
    return Fernet(urlsafe_b64encode(derived))


def seal(text: str, use: str = ACCOUNT) -> str:
    """Return the text so that only `open_seal` can read it."""
    return _key(use).encrypt(text.encode()).decode()


def open_seal(sealed: str, use: str = ACCOUNT) -> str:
    """Return what was sealed for that use; raise InvalidToken when the key has changed."""
    return _key(use).decrypt(sealed.encode()).decode()


def account(*, bank: str, holder: str, account: str) -> dict[str, str]:
    """Return a bank account as the columns of `SealedAccount` keep it."""
    return {"bank": bank, "holder": holder, "account_sealed": seal(account), "account_ending": account[-4:]}


def number_of(row: Any) -> str:
    """Return the number a `SealedAccount` keeps; "" where it has none, or the key of this installation has changed."""
    try:
        return open_seal(row.account_sealed) if row.account_sealed else ""
    except InvalidToken:
        return ""


def fingerprint(account: str) -> str:
    """Return what the same number always gives and nobody can turn back into it without this installation's key."""
    return hmac.new(settings.SECRET_KEY.encode(), b"account:" + account.encode(), "sha256").hexdigest()

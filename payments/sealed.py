"""Numbers of accounts and residents are kept sealed: readable only with the keys of this installation."""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = ["ACCOUNT", "CASH_RECEIPT", "RESIDENT", "InvalidToken", "open_seal", "seal"]

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

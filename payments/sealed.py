"""Account numbers are kept sealed: readable only with the key of this installation."""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

__all__ = ["InvalidToken", "open_seal", "seal"]


@cache
def _key() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"payee account").derive(settings.SECRET_KEY.encode())
    return Fernet(urlsafe_b64encode(derived))


def seal(text: str) -> str:
    """Return the text so that only `open_seal` can read it."""
    return _key().encrypt(text.encode()).decode()


def open_seal(sealed: str) -> str:
    """Return what was sealed; raise InvalidToken when the key has changed."""
    return _key().decrypt(sealed.encode()).decode()

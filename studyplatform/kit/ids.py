"""Public ids: random short strings without letters that are read as others."""

from django.utils.crypto import get_random_string

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def short_id() -> str:
    """Return 10 random characters (about 49 bits), for addresses people may see."""
    return get_random_string(10, ALPHABET)


def secret_token() -> str:
    """Return 32 random characters, for addresses only their owner may know."""
    return get_random_string(32, ALPHABET)

"""Identities that look like Stripe's."""

import secrets
import string

LETTERS = string.ascii_letters + string.digits


def new(prefix: str, length: int = 24) -> str:
    """Return a fresh identity such as `ch_3Q...`."""
    return f"{prefix}_{letters(length)}"


def letters(length: int) -> str:
    """Return random letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))

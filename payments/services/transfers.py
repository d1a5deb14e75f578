"""Transfers somebody makes by hand at our bank."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.errors import Refused

BY_HAND = "bank:"  # how what left our bank is written down begins


def named(on: datetime.date, reference: str) -> str:
    """Return how a transfer is written down, by its day and the bank's reference. Raises Refused for a day to come."""
    if on > timezone.localdate():
        raise Refused(_("That day is still to come."), field="on")
    return f"{BY_HAND}{on.isoformat()}:{reference}"


def told(reference: str | None) -> str:
    """Return day and number of a transfer that is written down; "" for what Stripe sent, or nobody yet."""
    if not reference or not reference.startswith(BY_HAND):
        return ""
    return reference.removeprefix(BY_HAND).replace(":", " ", 1)

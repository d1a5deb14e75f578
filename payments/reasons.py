"""Why buyers ask their bank for money back, in words. Stripe's names: docs.stripe.com/disputes/categories."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS = {
    "credit_not_processed": _("a promised refund did not come"),
    "duplicate": _("charged twice"),
    "fraudulent": _("says it was somebody else"),
    "general": _("no reason given"),
    "product_not_received": _("says nothing was received"),
    "product_unacceptable": _("says it was not as described"),
    "subscription_canceled": _("says it was cancelled"),
    "unrecognized": _("does not recognise the payment"),
}


def words(reason: str) -> str | Promise:
    """Return a reason in the words of whoever reads it; one we have none for as Stripe writes it."""
    return REASONS.get(reason, reason.replace("_", " "))

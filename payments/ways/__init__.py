"""Ways to pay: a file each, with the verbs of `Way`. Another provider is another file and its line here."""

from payments.models import Payment
from payments.ways import stripe
from payments.ways.way import Way

Provider = Payment.Provider
WAYS: dict[str, Way] = {Provider.STRIPE: stripe}


def of(payment: Payment) -> Way:
    """Return the way a payment is paid."""
    return WAYS[payment.provider]

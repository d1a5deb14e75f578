from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Checkout, refunds, the ledger, payees and payouts."""

    name = "payments"

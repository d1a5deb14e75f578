from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Checkout, refunds, the ledger, payees and payouts."""

    name = "payments"

    def ready(self) -> None:
        """Register the queues, so that the web process can tell how they stand."""
        from payments import tasks  # noqa: F401

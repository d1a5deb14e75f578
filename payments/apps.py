from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Checkout, refunds, the ledger, payees and payouts."""

    name = "payments"
    verbose_name = _("Money")

    def ready(self) -> None:
        """Register the queues, so that the web process can tell how they stand."""
        from payments import tasks  # noqa: F401

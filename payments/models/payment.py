"""Payments: money coming in for one or more seats."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.ids import short_id
from studyplatform.kit.models import ASKED_WITHIN, Queued, due_index


class Payment(Queued):
    """One try to pay. Queued: its drain asks the provider for the truth until the payment is settled.

    It is never "refunded": what was kept is lines less refunds.
    """

    class Provider(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        FREE = "free", _("free")
        BANK = "bank", _("bank deposit")
        OUTSIDE = "outside", _("paid elsewhere")
        INVOICE = "invoice", _("invoice")

    class State(models.TextChoices):
        CREATED = "created", _("being prepared")
        OPEN = "open", _("waiting for payment")
        UNKNOWN = "unknown", _("being checked")
        PROCESSING = "processing", _("on its way")
        PAID = "paid", _("paid")
        EXPIRED = "expired", _("not paid in time")
        FAILED = "failed", _("failed")

    LONGEST_BACKOFF = ASKED_WITHIN
    MOVES = {
        "created": {"open", "paid", "unknown", "failed"},
        "unknown": {"open", "paid", "failed"},
        "open": {"processing", "paid", "expired", "failed"},
        "processing": {"paid", "failed"},
        "expired": {"paid"},
        "failed": {"paid"},
    }

    public_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    reference = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - empty until the provider answers; unique
    intent = models.CharField(max_length=255, blank=True)  # Stripe's PaymentIntent, for refunds
    charge = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - what its movement there came from; unique
    address = models.URLField(max_length=2000, blank=True)  # the hosted page
    amount = models.PositiveIntegerField()  # minor units
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CREATED)
    method = models.CharField(max_length=60, blank=True)  # "visa 4242", as the receipt shows it
    expires_at = models.DateTimeField(null=True, blank=True)  # of the hosted page
    created_at = models.DateTimeField(auto_now_add=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="payment_reference_once"),
            models.UniqueConstraint(fields=["charge"], condition=Q(charge__isnull=False), name="payment_charge_once"),
        ]
        indexes = [due_index("payment_due"), models.Index(fields=["intent"], name="payment_intent")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.amount} {self.currency} {self.state}"

    @property
    def outside(self) -> bool:
        """Whether a host was paid, and none of it was ever ours."""
        return self.provider == self.Provider.OUTSIDE


class PaymentLine(models.Model):
    """What was paid for one seat, and what of it went back."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="lines")
    enrollment = models.ForeignKey("cohorts.Enrollment", on_delete=models.PROTECT, related_name="payment_lines")
    amount = models.PositiveIntegerField()
    refunded = models.PositiveIntegerField(default=0)  # owed or sent back
    disputed = models.PositiveIntegerField(default=0, db_default=0)  # taken back by the buyer's bank, and not returned
    lost = models.PositiveIntegerField(default=0, db_default=0)  # of that, what stayed gone when the banks had decided

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(refunded__lte=F("amount")), name="line_refund_within"),
            models.CheckConstraint(condition=Q(lost__lte=F("disputed")), name="line_lost_within"),
            models.UniqueConstraint(fields=["payment", "enrollment"], name="line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.enrollment_id}"

    @property
    def kept(self) -> int:
        """What neither went back, nor is owed, nor was taken by a bank, in minor units.

        A bank may take what had left ours by hand: then nothing is left, not less.
        """
        return max(0, self.amount - self.refunded - self.disputed)

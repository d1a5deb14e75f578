"""Refunds: money going back. The row exists before Stripe is asked; its id is the idempotency key."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.models import ASKED_WITHIN, Queued, due_index


class Refund(Queued):
    """One intent to give money back for one line; one cause makes one refund."""

    class State(models.TextChoices):
        OWED = "owed", _("owed")
        SENDING = "sending", _("being sent")
        UNKNOWN = "unknown", _("being checked")
        PENDING = "pending", _("on its way")
        SUCCEEDED = "succeeded", _("sent")
        FAILED = "failed", _("failed")
        HELD = "held", _("waits for the buyer’s bank")
        MANUAL = "manual", _("by hand")
        VOID = "void", _("void")
        OUTSIDE = "outside", _("the host’s to give back")

    LONGEST_BACKOFF = ASKED_WITHIN
    MOVES = {
        "owed": {"sending", "manual", "void", "held"},
        "held": {"owed", "manual", "void"},
        "sending": {"pending", "succeeded", "failed", "unknown", "owed"},
        "unknown": {"owed", "pending", "succeeded", "failed"},
        "pending": {"succeeded", "failed"},
        "succeeded": {"failed"},
        "failed": {"void"},
        "outside": {"succeeded"},
        "manual": {"succeeded", "void", "held"},
    }

    line = models.ForeignKey("payments.PaymentLine", on_delete=models.PROTECT, related_name="refunds")
    amount = models.PositiveIntegerField()
    cause = models.CharField(max_length=60)  # "late", "called_off", "retry:<id>"
    state = models.CharField(max_length=10, choices=State.choices, default=State.OWED)
    reference = models.CharField(max_length=255, null=True, blank=True, unique=True)
    key_number = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # a new key after a certain no
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        permissions = [("handle_refunds", "Can send failed refunds again")]
        constraints = [
            models.UniqueConstraint(fields=["line", "cause"], name="refund_cause_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
        ]
        indexes = [due_index("refund_due")]

    def __str__(self) -> str:
        return f"{self.amount} {self.cause} {self.state}"

"""Disputes: a buyer asks their bank for the money back, and the bank asks us. What is so comes from Stripe alone."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.models import Queued, due_index


class Dispute(Queued):
    """One dispute of one payment. Queued: its drain asks Stripe how it stands until it is over.

    A bank may think again, so an end is not for ever: an appeal, an inquiry that becomes a dispute after all.
    """

    class State(models.TextChoices):
        INQUIRY = "inquiry", _("the bank asks")
        OPEN = "open", _("to be answered")
        REVIEW = "review", _("with the bank")
        WON = "won", _("won")
        LOST = "lost", _("lost")
        DROPPED = "dropped", _("dropped")

    MOVES = {
        "inquiry": {"open", "review", "won", "lost", "dropped"},
        "open": {"review", "won", "lost", "dropped"},
        "review": {"open", "won", "lost", "dropped"},
        "won": {"open", "review", "lost"},
        "lost": {"open", "review", "won"},
        "dropped": {"open", "review", "won", "lost"},
    }
    WAITS: ClassVar[tuple[str, ...]] = ("inquiry", "open")  # for an answer of ours
    PENDING: ClassVar[tuple[str, ...]] = (*WAITS, "review")

    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="disputes")
    reference = models.CharField(_("at Stripe"), max_length=255, unique=True)
    amount = models.PositiveIntegerField()  # minor units of the payment's currency
    reason = models.CharField(_("reason"), max_length=60, blank=True)  # Stripe's word
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened on"))
    looked_at = models.DateTimeField(editable=False)  # when Stripe was asked for what is written here
    closed_at = models.DateTimeField(_("decided on"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        permissions = [("handle_disputes", "Is written to about disputes and answers them at Stripe")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["inquiry", "open", "review"], closed_at__isnull=True)
                | Q(state__in=["won", "lost", "dropped"], closed_at__isnull=False),
                name="dispute_closed_when_over",
            ),
        ]
        indexes = [due_index("dispute_due")]

    def __str__(self) -> str:
        return f"{self.reference} {self.amount} {self.state}"

"""Stripe's events as they came; verified, kept, worked on later."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.models import Queued, due_index


class StripeEvent(Queued):
    """One event. The endpoint verifies, inserts and answers; the drain does the work."""

    account = models.CharField(max_length=60, blank=True)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=80)
    object_id = models.CharField(max_length=255, db_index=True)
    raw = models.JSONField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Stripe event")
        verbose_name_plural = _("Stripe events")
        constraints = [models.UniqueConstraint(fields=["account", "event_id"], name="event_once")]
        indexes = [due_index("stripe_event_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"

"""Refund policies are versioned data; the one shown at purchase stays with the enrollment."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RefundPolicy(models.Model):
    """A preset in one version. `data` holds its numbers; cohorts/refunds.py works money out of it. Never changed."""

    class Preset(models.TextChoices):
        REMAINING_SESSIONS = "remaining_sessions", _("By remaining sessions")
        THIRDS_AND_HALVES = "thirds_and_halves", _("By thirds and halves")
        TRY_FIRST = "try_first", _("In full until the second session, then by remaining sessions")
        SEVEN_DAYS = "seven_days", _("In full for seven days after the first session")
        BY_DATE = "by_date", _("By date")
        BY_LAW = "by_law", _("What the law gives, no more")

    preset = models.CharField(max_length=30, choices=Preset.choices)
    version = models.PositiveIntegerField(default=1)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "refund policies"
        constraints = [models.UniqueConstraint(fields=["preset", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"{self.get_preset_display()} ({self.version})"

"""Dues: what a partner earned by the amounts of their terms, out of the host's share. What of it was paid is booked."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Due(models.Model):
    """One fact that earned a partner an amount, in minor units of the cohort's currency; each fact once."""

    class Kind(models.TextChoices):
        MEMBERS = "members", _("for the members of their groups")
        SESSION = "session", _("for a session they led")
        COHORT = "cohort", _("for the whole cohort")
        BONUS = "bonus", _("for members who completed")

    kind = models.CharField(_("what for"), max_length=10, choices=Kind.choices)
    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="dues")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="dues")
    session = models.ForeignKey("cohorts.Session", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("due of a partner")
        verbose_name_plural = _("dues of partners")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "cohort", "person", "session"], name="due_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="due_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.kind} {self.person_id}"

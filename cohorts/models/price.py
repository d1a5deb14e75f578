"""Prices of a cohort."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Price(models.Model):
    """An amount in minor units of the cohort's currency; 0 is free. The lowest one in force is what a seat costs."""

    class Kind(models.TextChoices):
        STANDARD = "standard", _("standard")
        EARLY_BIRD = "early_bird", _("early bird")

    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="prices")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.STANDARD)
    amount = models.PositiveIntegerField()
    until = models.DateTimeField(null=True, blank=True)  # an early price holds before this moment,
    first = models.PositiveIntegerField(null=True, blank=True)  # and for this many seats
    used = models.PositiveIntegerField(default=0, db_default=0, editable=False)  # seats held or sold at it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "kind"], name="price_once"),
            models.CheckConstraint(
                condition=~Q(kind="early_bird") | Q(until__isnull=False) | Q(first__isnull=False),
                name="price_early_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

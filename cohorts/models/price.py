"""Prices of a cohort."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Price(models.Model):
    """An amount in minor units of the cohort's currency; 0 is free."""

    class Kind(models.TextChoices):
        STANDARD = "standard", _("standard")

    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="prices")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.STANDARD)
    amount = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "kind"], name="price_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

"""Who gets which share of what a seat brings in. New terms are new versions, for new seats."""

from django.db import models
from django.db.models import F, Q

from studyplatform.kit.money import BASIS

PER_CENT = BASIS // 100  # basis points


class Terms(models.Model):
    """Shares in basis points of each release; the host has the remainder. Never changed."""

    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="terms")
    version = models.PositiveIntegerField(default=1)
    platform_share = models.PositiveIntegerField()
    partner_share = models.PositiveIntegerField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            models.UniqueConstraint(fields=["cohort", "version"], name="terms_version_once"),
            models.CheckConstraint(
                condition=Q(platform_share__lte=BASIS - F("partner_share")), name="terms_within_whole"
            ),
        ]

    @property
    def partner_part(self) -> float:
        """The partners' share in per cent."""
        return self.partner_share / PER_CENT

    def __str__(self) -> str:
        return f"{self.platform_share}/{self.partner_share}"

"""Who gets which share of what a seat brings in. New terms are new versions, for new seats."""

from functools import cached_property

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cohorts.models.rules import Rules
from studyplatform.kit.money import BASIS

PER_CENT = BASIS // 100  # basis points


class Terms(models.Model):
    """Shares in basis points of each release, amounts in `rules`; the host has the remainder.

    Those without a partner are the cohort's, for whoever has none of their own. A cohort's versions are one series:
    a seat keeps the last one there was, and with it all before. PostgreSQL refuses to change or remove one.
    """

    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="terms")
    partner = models.ForeignKey(
        "cohorts.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="terms"
    )
    version = models.PositiveIntegerField(default=1)
    platform_share = models.PositiveIntegerField()
    partner_share = models.PositiveIntegerField()
    rules = models.JSONField(default=dict, db_default={}, blank=True)
    # Of what sessions bring the host so much, in basis points, is paid out later: after days; 0 when the cohort ends.
    reserve = models.PositiveIntegerField(default=0, db_default=0)
    reserve_days = models.PositiveIntegerField(default=0, db_default=0)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            models.UniqueConstraint(fields=["cohort", "version"], name="terms_version_once"),
            models.CheckConstraint(
                condition=Q(platform_share__lte=BASIS - F("partner_share")), name="terms_within_whole"
            ),
            models.CheckConstraint(condition=Q(reserve__lte=BASIS), name="terms_reserve_within_whole"),
        ]
        indexes = [models.Index(fields=["cohort"], condition=~Q(rules={}), name="terms_with_amounts")]

    @property
    def partner_part(self) -> float:
        """The partners' share in per cent."""
        return self.partner_share / PER_CENT

    @cached_property
    def amounts(self) -> Rules:
        """What a partner gets beside the share, parsed."""
        return Rules.parse(self.rules)

    def __str__(self) -> str:
        return f"{self.platform_share}/{self.partner_share}"

"""Contributions: the only thing perks and completion read."""

from django.db import models
from django.utils import timezone


class Contribution(models.Model):
    """Something a member gave. Written by upper apps calling down; `key` names the thing ("post:abc")."""

    enrollment = models.ForeignKey("cohorts.Enrollment", on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=12)  # post, turn, attendance, thanks
    key = models.CharField(max_length=60)
    at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "kind", "key"], name="contribution_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

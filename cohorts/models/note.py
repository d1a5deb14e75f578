"""Notes about one member: sent to them as a letter, or kept for oneself. Only partner and host ever see either."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils import timezone


class Nudge(models.Model):
    """A warm word to a member, sent as a letter. `rests` is the week in which nobody sends them another."""

    enrollment = models.ForeignKey("cohorts.Enrollment", on_delete=models.PROTECT, related_name="nudges")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(max_length=1000)
    sent_at = models.DateTimeField(default=timezone.now)
    rests = DateTimeRangeField()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            ExclusionConstraint(
                name="nudge_rests",
                expressions=[("enrollment", RangeOperators.EQUAL), ("rests", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} to {self.enrollment_id}"


class PartnerNote(models.Model):
    """What a partner or a host wants to remember of a member: its author's, and the study's hosts may read it."""

    enrollment = models.ForeignKey("cohorts.Enrollment", on_delete=models.PROTECT, related_name="partner_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(max_length=2000)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrollment", "author"], name="partner_note_once")]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.enrollment_id}"

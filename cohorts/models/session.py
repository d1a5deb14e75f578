"""Sessions: meetings of a cohort or of one of its subgroups."""

import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.ids import short_id


class Session(models.Model):
    """One meeting. `number` counts within its series; `sequence` grows when it moves, for calendars."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        CANCELLED = "cancelled", _("cancelled")

    MOVES = {"planned": {"cancelled"}, "cancelled": {"planned"}}

    public_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="sessions")
    subgroup = models.ForeignKey(
        "cohorts.Subgroup", null=True, blank=True, on_delete=models.PROTECT, related_name="sessions"
    )
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=80, blank=True)
    run_sheet = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    turns = models.PositiveIntegerField()  # how many members can present
    link = models.URLField(blank=True)  # empty: the subgroup's or the cohort's
    sequence = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    released_at = models.DateTimeField(null=True, blank=True)  # its part of the money was shared

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "subgroup", "number"], name="session_number_once", nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(fields=["cohort", "starts_at"], name="session_by_time"),
            models.Index(
                fields=["starts_at"], condition=Q(released_at=None, subgroup=None), name="session_release_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}/{self.number}"

    @property
    def ends_at(self) -> datetime.datetime:
        """When it ends, in UTC."""
        return self.starts_at + datetime.timedelta(minutes=self.minutes)

"""Sessions: meetings of a cohort or of one of its subgroups."""

import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts.models.news import News, news_index
from studyplatform.kit.ids import short_id

DOORS_OPEN = datetime.timedelta(minutes=30)  # before it starts people may already be in the room


class Session(News):
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
    moved_from = models.DateTimeField(null=True, blank=True, editable=False)  # when people last knew it to be
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
            news_index("session_news_due"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}/{self.number}"

    @property
    def ends_at(self) -> datetime.datetime:
        """When it ends, in UTC."""
        return self.starts_at + datetime.timedelta(minutes=self.minutes)

    @property
    def name(self) -> str:
        """Its title, or its number within its series."""
        return self.title or gettext("Session %(number)s") % {"number": self.number}

    @property
    def meeting_link(self) -> str:
        """Where it meets: its own link, its subgroup's, or its cohort's. For who belongs, by way of our redirect."""
        group = self.subgroup.link if self.subgroup else ""
        return self.link or group or self.cohort.link

    @property
    def doors_at(self) -> datetime.datetime:
        """From when the room is open."""
        return self.starts_at - DOORS_OPEN

    @property
    def stage(self) -> str:
        """Where it stands now: "cancelled", "coming", "soon" (doors are open), "live" or "over"."""
        now = timezone.now()
        if self.state == self.State.CANCELLED:
            return "cancelled"
        if now >= self.ends_at:
            return "over"
        if now >= self.starts_at:
            return "live"
        return "soon" if now >= self.doors_at else "coming"

    @property
    def post_due_at(self) -> datetime.datetime:
        """Until when a presenter's case study should be out: a day before, so that others can read it."""
        return self.starts_at - datetime.timedelta(hours=24)

    @property
    def address_parts(self) -> tuple[str, int, str]:
        """What names it in an address: the study's slug, the cohort's number, its own public id."""
        return self.cohort.study.slug, self.cohort.number, self.public_id

    def get_absolute_url(self) -> str:
        return reverse("session", args=self.address_parts)

"""An announcement: some people are told, at its moment, that they can join a cohort."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.news import News, news_index


class Audience(models.TextChoices):
    """Who may join before everybody else."""

    ALUMNI = "alumni", _("Members of earlier cohorts")
    FOLLOWERS = "followers", _("Who asked to be told")


class Announcement(News):
    """`news_at` is when its people are told; a cohort has one for each audience."""

    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="announcements")
    audience = models.CharField(max_length=10, choices=Audience.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "audience"], name="announcement_once")]
        indexes = [news_index("announcement_due")]

    def __str__(self) -> str:
        return f"{self.audience} of {self.cohort_id}"

"""Subgroups of a cohort and who is in them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)


class Subgroup(models.Model):
    """A topic, a weekly time on the cohort's clock, a number of seats; `taken` counts open memberships."""

    cohort = models.ForeignKey("cohorts.Cohort", on_delete=models.PROTECT, related_name="subgroups")
    position = models.PositiveIntegerField()
    topic = models.CharField(max_length=60)
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    meets_at = models.TimeField()
    minutes = models.PositiveIntegerField(default=60)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    link = models.URLField(blank=True)  # where it meets
    chat_link = models.URLField(blank=True)  # its chat room; shown to enrolled members only
    chat_code = models.CharField(max_length=30, blank=True)
    greeting = models.TextField(max_length=500, blank=True)  # the partner's words to who has just joined
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "position"],
                name="subgroup_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="subgroup_never_oversold"),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def left(self) -> int:
        """How many of its seats nobody holds."""
        return self.capacity - self.taken


class Membership(models.Model):
    """An enrollment's time in a subgroup; open while `until` is empty."""

    enrollment = models.ForeignKey("cohorts.Enrollment", on_delete=models.PROTECT, related_name="memberships")
    subgroup = models.ForeignKey(Subgroup, on_delete=models.PROTECT, related_name="memberships")
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment"], condition=Q(until=None), name="membership_open_once")
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} in {self.subgroup_id}"

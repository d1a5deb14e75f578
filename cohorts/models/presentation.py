"""Presentations: members' turns in a session."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Presentation(models.Model):
    """A member's turn. It is ready when its case study is published."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("writing")
        READY = "ready", _("ready")
        LIVE = "live", _("now")
        DONE = "done", _("presented")
        MISSED = "missed", _("missed")
        PASSED = "passed", _("passed on")

    MOVES = {
        "waiting": {"claimed"},
        "claimed": {"ready", "passed", "missed"},
        "ready": {"claimed", "live", "passed", "missed"},
        "live": {"done", "missed"},
        "passed": {"waiting"},
    }

    TAKEN: ClassVar[tuple[str, ...]] = ("claimed", "ready", "live", "done")
    PRESENTED: ClassVar[tuple[str, ...]] = ("live", "done")

    session = models.ForeignKey("cohorts.Session", on_delete=models.PROTECT, related_name="presentations")
    enrollment = models.ForeignKey("cohorts.Enrollment", on_delete=models.PROTECT, related_name="presentations")
    position = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(default=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CLAIMED)
    claimed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"], condition=~Q(state="passed"), name="turn_position_once"
            ),
            models.UniqueConstraint(
                fields=["session", "enrollment"], condition=~Q(state="passed"), name="turn_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} in {self.session_id}: {self.state}"

    def get_absolute_url(self) -> str:
        """Its place on the page of its session."""
        return f"{self.session.get_absolute_url()}#turn-{self.position}"

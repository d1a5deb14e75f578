"""Reminders of sessions: one row per person, session, kind and the session's sequence."""

from django.db import models

from studyplatform.kit.models import Queued, due_index


class Reminder(Queued):
    """Becomes a letter only when due, after a look at whether the person still belongs."""

    session = models.ForeignKey("cohorts.Session", on_delete=models.PROTECT, related_name="reminders")
    enrollment = models.ForeignKey("cohorts.Enrollment", on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=10)  # day, hour
    sequence = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "enrollment", "kind", "sequence"], name="reminder_once")
        ]
        indexes = [due_index("reminder_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.session_id} {self.enrollment_id}"

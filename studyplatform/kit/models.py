"""What every app's tables may share: the columns of a queue and the history of changes."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

ASKED_WITHIN = 600  # seconds: of money whose end nobody knows; with the clock's minute well within 15 minutes


class DueRows(models.QuerySet[Any]):
    """Rows of a queue."""

    def waiting(self) -> "DueRows":
        """Rows not done yet, due or not."""
        return self.filter(done_at=None, due_at__isnull=False)

    def due(self) -> "DueRows":
        """Rows whose time has come, oldest first. A claimed row becomes due again when its lease runs out."""
        return self.waiting().filter(due_at__lte=timezone.now()).order_by("due_at")


class Queued(models.Model):
    """A row that asks for work later or outside. `due_at` empty: nothing to do now. See kit/queue.py."""

    LONGEST_BACKOFF: ClassVar[int] = 3600  # seconds between two tries of what does not work

    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    error = models.TextField(blank=True, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)

    queue: ClassVar[models.Manager[Any]] = DueRows.as_manager()

    class Meta:
        abstract = True
        default_manager_name = "objects"

    objects: ClassVar[models.Manager[Any]] = models.Manager()


def due_index(name: str) -> models.Index:
    """Return the partial index a drain reads: only rows not done, by due time."""
    return models.Index(fields=["due_at"], condition=models.Q(done_at=None), name=name)


class Change(models.Model):
    """One change of state: who, what, from, to, when. Never changed, never deleted."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30)
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="change_subject")]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.from_state} -> {self.to_state}"

"""The seats of a cohort: one narrow row, so that thousands may contend for it."""

from django.db import models
from django.db.models import F, Q


class Seats(models.Model):
    """`taken` counts offered, held, active and completed enrollments; `waiting` those in line."""

    cohort = models.OneToOneField("cohorts.Cohort", on_delete=models.PROTECT, related_name="seats", primary_key=True)
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    freed_at = models.DateTimeField(null=True, blank=True, editable=False)  # when one last came free

    class Meta:
        verbose_name_plural = "seats"
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="seats_never_oversold"),
            models.CheckConstraint(condition=Q(capacity__range=(1, 10_000)), name="seats_capacity"),
        ]

    def __str__(self) -> str:
        return f"{self.taken}/{self.capacity}"

    @property
    def free(self) -> int:
        """How many seats anybody can take now: none while people wait in line."""
        return 0 if self.waiting else self.left

    @property
    def left(self) -> int:
        """How many seats nobody holds."""
        return self.capacity - self.taken

"""Contributions: what a member gave, counted by its keys. Perks and completion read nothing else."""

from django.utils import timezone

from cohorts.models import Cohort, Contribution, Enrollment
from cohorts.services import completions

POST, TURN, THANKS = "post", "turn", "thanks"


def add(enrollment: Enrollment, kind: str, key: str) -> Contribution:
    """Count one thing ("post", "post:abc") for the enrollment; adding it again, or after voiding, counts it once.

    What comes after a cohort is over may still complete it.
    """
    row, _created = Contribution.objects.update_or_create(
        enrollment=enrollment, kind=kind, key=key, defaults={"voided_at": None}
    )
    if enrollment.cohort.state == Cohort.State.FINISHED:
        completions.complete(enrollment.cohort)
    return row


def void(enrollment: Enrollment, kind: str, key: str) -> bool:
    """Stop counting one thing, keeping the row; False when it did not count."""
    counted = Contribution.objects.filter(enrollment=enrollment, kind=kind, key=key, voided_at=None)
    return bool(counted.update(voided_at=timezone.now()))


def count(enrollment: Enrollment, kind: str) -> int:
    """Return how many things of a kind count for the enrollment."""
    return Contribution.objects.filter(enrollment=enrollment, kind=kind, voided_at=None).count()

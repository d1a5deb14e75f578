"""Contributions: what a member gave, counted by its keys. Perks and completion read nothing else."""

from django.utils import timezone

from cohorts.models import Cohort, Contribution, Enrollment
from cohorts.services import completions

POST, TURN, THANKS = "post", "turn", "thanks"


def add(enrollment: Enrollment, kind: str, key: str) -> None:
    """Count one thing ("post", "post:abc") for the enrollment; adding it again, or after voiding, counts it once.

    What comes after a cohort is over may still complete it.
    """
    thing = Contribution(enrollment=enrollment, kind=kind, key=key)
    unique = ["enrollment", "kind", "key"]
    Contribution.objects.bulk_create([thing], update_conflicts=True, unique_fields=unique, update_fields=["voided_at"])
    if enrollment.cohort.state == Cohort.State.FINISHED:
        completions.complete(enrollment.cohort)


def void(enrollment: Enrollment, kind: str, key: str) -> bool:
    """Stop counting one thing, keeping the row; False when it did not count."""
    counted = Contribution.objects.filter(enrollment=enrollment, kind=kind, key=key, voided_at=None)
    return bool(counted.update(voided_at=timezone.now()))


def count(enrollment: Enrollment, kind: str) -> int:
    """Return how many things of a kind count for the enrollment."""
    return Contribution.objects.filter(enrollment=enrollment, kind=kind, voided_at=None).count()

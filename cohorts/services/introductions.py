"""The line a person introduces themselves with."""

from cohorts.models import Enrollment


def introduce(enrollment: Enrollment, words: str) -> None:
    """Keep a person's line about themselves, of at most 200 characters, with their place in the cohort."""
    enrollment.introduction = " ".join(words.split())[:200]
    enrollment.save(update_fields=["introduction"])

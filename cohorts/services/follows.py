"""Asking to be told when a study opens a cohort, and not any more."""

from cohorts.models import Study, StudyFollow
from studyplatform.accounts.models import User


def follow(person: User, study: Study) -> StudyFollow:
    """Have somebody told when the study opens a cohort; asked twice it is the same."""
    return StudyFollow.objects.get_or_create(study=study, person=person)[0]


def stop(person: User, study: Study) -> bool:
    """Tell them no more; False when they had not asked."""
    return bool(StudyFollow.objects.filter(study=study, person=person).delete()[0])

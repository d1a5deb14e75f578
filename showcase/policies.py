"""Who may read and write case studies. Drafts, hidden and removed posts, and cohort-only ones never leak."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from cohorts.policies import Reader, cohorts_entered_by
from showcase.models import CaseStudy


def public_case_studies() -> QuerySet[CaseStudy]:
    """Posts everybody may read."""
    return CaseStudy.objects.filter(state=CaseStudy.State.PUBLISHED, visibility=CaseStudy.Visibility.PUBLIC)


def case_studies_seen_by(user: Reader) -> QuerySet[CaseStudy]:
    """Posts the person may read: public ones, their own, and those of the cohorts they may enter."""
    if not user.is_authenticated:
        return public_case_studies()
    published = Q(state=CaseStudy.State.PUBLISHED)
    in_cohort = Q(enrollment__cohort__in=cohorts_entered_by(user)) & published
    own = Q(author=user) & ~Q(state=CaseStudy.State.REMOVED)
    return CaseStudy.objects.filter(own | in_cohort | (published & Q(visibility=CaseStudy.Visibility.PUBLIC)))


def edited_by(user: Reader) -> QuerySet[CaseStudy]:
    """Posts the person may change: their own that are not removed."""
    if not user.is_authenticated:
        return CaseStudy.objects.none()
    return CaseStudy.objects.filter(author=user).exclude(state=CaseStudy.State.REMOVED)


def get_edited(request: HttpRequest, public_id: str) -> CaseStudy:
    """Return one of the reader's own posts, or 404."""
    return get_object_or_404(edited_by(request.user).select_related("enrollment__cohort__study"), public_id=public_id)

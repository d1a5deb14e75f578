"""Who may see which case study. Lists use the scopes; a single row is a lookup in one of them."""

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from cohorts.models import Cohort
from cohorts.policies import Reader, cohorts_entered_by
from showcase.models import CaseStudy, Comment, Picture

OUT = Q(state=CaseStudy.State.PUBLISHED)
FOR_EVERYBODY = OUT & Q(visibility=CaseStudy.Visibility.PUBLIC)


def public_case_studies() -> QuerySet[CaseStudy]:
    """Posts everybody may read."""
    return CaseStudy.objects.filter(FOR_EVERYBODY)


def gone_case_studies() -> QuerySet[CaseStudy]:
    """Posts that everybody could read once and that were removed for good."""
    return CaseStudy.objects.filter(
        state=CaseStudy.State.REMOVED, visibility=CaseStudy.Visibility.PUBLIC, published_at__isnull=False
    )


def case_studies_seen_by(user: Reader) -> QuerySet[CaseStudy]:
    """Posts the person may read: public ones, those of cohorts they may enter, their own."""
    if not user.is_authenticated:
        return public_case_studies()
    own = Q(author=user.pk) & ~Q(state=CaseStudy.State.REMOVED)
    in_cohort = OUT & Q(enrollment__cohort__in=cohorts_entered_by(user))
    return CaseStudy.objects.filter(FOR_EVERYBODY | in_cohort | own)


def discussed_by(user: Reader) -> QuerySet[CaseStudy]:
    """Posts whose comments the person may read, and write once signed in: all that are out and that they may read."""
    return case_studies_seen_by(user).filter(OUT)


def comments_removed_by(user: Reader) -> QuerySet[Comment]:
    """Comments on the page that the person may take away: their own, and those under their own posts."""
    if not user.is_authenticated:
        return Comment.objects.none()
    theirs = Q(author=user.pk) | Q(case_study__author=user.pk)
    return Comment.objects.filter(theirs, state=Comment.State.SHOWN).select_related("author__profile", "case_study")


def get_discussed(request: HttpRequest, public_id: str) -> CaseStudy:
    """Return a post whose comments the reader may see, or 404."""
    scope = discussed_by(request.user).select_related("author__profile", "enrollment__cohort__study")
    return get_object_or_404(scope, public_id=public_id)


def case_studies_in(cohort: Cohort) -> QuerySet[CaseStudy]:
    """Posts of a cohort for those who may enter it: public ones and the cohort's own."""
    return CaseStudy.objects.filter(OUT, enrollment__cohort=cohort)


def edited_by(user: Reader) -> QuerySet[CaseStudy]:
    """Posts the person may write on."""
    if not user.is_authenticated:
        return CaseStudy.objects.none()
    return CaseStudy.objects.filter(author=user.pk).exclude(state=CaseStudy.State.REMOVED)


def get_edited(request: HttpRequest, public_id: str) -> CaseStudy:
    """Return a post the reader may write on, or 404 so that ids tell nothing."""
    scope = edited_by(request.user).select_related("enrollment__cohort__study", "presentation__session", "cover")
    return get_object_or_404(scope, public_id=public_id)


def get_picture(request: HttpRequest, public_id: str) -> Picture:
    """Return a picture with its post, when the reader may see that post; a picture without one is its owner's."""
    picture = get_object_or_404(Picture.objects.select_related("case_study"), public_id=public_id)
    if picture.case_study and picture.case_study.is_public:
        return picture
    if picture.owner_id == request.user.pk:
        return picture
    if picture.case_study and case_studies_seen_by(request.user).filter(pk=picture.case_study.pk).exists():
        return picture
    raise Http404

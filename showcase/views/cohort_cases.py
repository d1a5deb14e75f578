"""Posts of a cohort, in its space: public ones and those only the cohort may read."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cohorts.policies import enrollment_of, get_space
from cohorts.services import contributions
from showcase import reading, talk
from showcase.forms.comment import CommentForm
from showcase.policies import case_studies_in

PAGE = 24


@login_required
@require_safe
def cohort_cases(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What members of this cohort wrote, and how far the reader's own count is."""
    cohort = get_space(request, slug, number)
    mine = enrollment_of(request.user, cohort)
    page = Paginator(reading.for_lists(case_studies_in(cohort)), PAGE).get_page(request.GET.get("page"))
    progress = (contributions.count(mine, contributions.POST), cohort.posts_needed) if mine else None
    return render(request, "showcase/cohort_cases.html", {"cohort": cohort, "page": page, "progress": progress})


@login_required
@require_safe
def cohort_case(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """One post for those who may enter the cohort's space."""
    cohort = get_space(request, slug, number)
    post = get_object_or_404(reading.with_page_columns(case_studies_in(cohort)), public_id=public_id)
    said = {"talk": talk.newest(post), "form": CommentForm(), "reader_id": request.user.pk}
    return render(request, "showcase/cohort_case.html", {**reading.context(post), **said, "cohort": cohort})

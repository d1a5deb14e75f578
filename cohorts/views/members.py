"""Who is here: what people do, can help with and look for."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohorts import faces
from cohorts.models import Cohort, Enrollment, Membership
from cohorts.policies import enrollment_of, enrollments_in, get_space

PAGE = 40
SEARCHED = ("pen_name", "work", "can_help", "looking_for")


@require_safe
@login_required
def people(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Members of the cohort, newest first; narrowed by subgroup and by a word."""
    cohort = get_space(request, slug, number)
    groups = list(cohort.subgroups.all())
    group = next((row for row in groups if str(row.position) == request.GET.get("group")), None)
    word = request.GET.get("q", "").strip()[:60]
    context = {
        "cohort": cohort,
        "groups": groups,
        "group": group,
        "word": word,
        "page": Paginator(_found(cohort, group, word), PAGE).get_page(request.GET.get("page")),
        "runners": faces.runners(cohort),
        "mine": enrollment_of(request.user, cohort),
    }
    return render(request, "cohorts/people.html", context)


def _found(cohort: Cohort, group: object | None, word: str) -> QuerySet[Enrollment]:
    open_one = Membership.objects.filter(until=None).select_related("subgroup")
    found = enrollments_in(cohort).prefetch_related(Prefetch("memberships", open_one, to_attr="sits_in"))
    if group:
        found = found.filter(memberships__subgroup=group, memberships__until=None)
    if word:
        found = found.filter(_said(word))
    return found.order_by("-joined_at", "-pk")


def _said(word: str) -> Q:
    said = Q(introduction__icontains=word)
    for name in SEARCHED:
        said |= Q(**{f"person__profile__{name}__icontains": word})
    return said

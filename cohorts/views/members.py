"""Who is here: what people do, can help with and look for."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohorts import faces
from cohorts.forms.introductions import IntroductionForm
from cohorts.models import Cohort, Enrollment, Membership, Subgroup
from cohorts.policies import enrollment_of, enrollments_in, get_space
from cohorts.services import introductions
from studyplatform.kit.limits import limited

PAGE = 40
SEARCHED = ("pen_name", "work", "can_help", "looking_for")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@limited("search", 60, method="GET", asks="q")
def people(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Members of the cohort, newest first; narrowed by subgroup and by a word. A member's own line is sent here."""
    cohort = get_space(request, slug, number)
    mine = enrollment_of(request.user, cohort)
    form = IntroductionForm(request.POST or None, initial={"introduction": mine.introduction if mine else ""})
    if request.method == "POST" and mine and form.is_valid():
        introductions.introduce(mine, form.cleaned_data["introduction"])
        messages.success(request, _("The others read your line beside your name."))
        return redirect("people", slug, number)
    context = {**_list(request, cohort), "mine": mine, "form": form if mine else None}
    return render(request, "cohorts/people.html", context, status=422 if mine and form.errors else 200)


def _list(request: HttpRequest, cohort: Cohort) -> dict[str, Any]:
    groups = list(cohort.subgroups.all())
    group = next((row for row in groups if str(row.position) == request.GET.get("group")), None)
    word = request.GET.get("q", "").strip()[:60]
    return {
        "cohort": cohort,
        "groups": groups,
        "group": group,
        "word": word,
        "page": Paginator(_found(cohort, group, word), PAGE).get_page(request.GET.get("page")),
        "runners": faces.runners(cohort),
    }


def _found(cohort: Cohort, group: Subgroup | None, word: str) -> QuerySet[Enrollment]:
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

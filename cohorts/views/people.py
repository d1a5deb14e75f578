"""The people of a cohort as its host sees them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.models import Cohort
from cohorts.policies import cohorts_run_by, get_run_cohort, get_run_enrollment, reader
from cohorts.roster import gifts, roster
from cohorts.services import subgroups
from cohorts.standing import with_standing
from studyplatform.kit import csv_export, moments
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited
from studyplatform.kit.redirects import path_of

PAGE = 50


@login_required
@require_safe
@limited("search", 60, method="GET", asks="q")
def people(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Who is in, in which subgroup, how many posts; narrowed by subgroup or pen name."""
    found: Any = with_standing(cohorts_run_by(request.user).filter(study__slug=slug))
    cohort = get_object_or_404(found, number=number)
    show, words = request.GET.get("show", ""), request.GET.get("q", "").strip()[:60]
    page = Paginator(roster(cohort, show=show, words=words), PAGE).get_page(request.GET.get("page"))
    context = {"cohort": cohort, "study": cohort.study, "page": page, "show": show, "words": words, "here": "people"}
    context |= {"groups": list(cohort.subgroups.all()), "gifts": gifts(cohort)}
    return render(request, "studio/people.html", context)


@login_required
@require_safe
def export(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The same people as a CSV file."""
    cohort = get_run_cohort(request, slug, number)
    rows = roster(cohort, show=request.GET.get("show", ""), words=request.GET.get("q", "").strip()[:60])
    header = (_("Name"), _("Work"), _("State"), _("Subgroup"), _("Case studies"), _("Turns"), _("Joined"))
    return csv_export.response(f"{slug}-{number}", header, (_cells(row, cohort) for row in rows))


def _cells(row: Any, cohort: Cohort) -> tuple[Any, ...]:
    profile = getattr(row.person, "profile", None)  # a company's seat has no person yet
    group = row.places[0].subgroup.topic if row.places else ""
    joined = moments.in_zone(row.joined_at, cohort.zone).date().isoformat() if row.joined_at else ""
    work = profile.work if profile else ""
    return row.whose, work, row.get_state_display(), group, row.posts, row.turns, joined


@login_required
@require_POST
def place(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """Put a member into a subgroup, or into another one."""
    enrollment = get_run_enrollment(request, slug, number, public_id)
    chosen = request.POST.get("subgroup", "")
    subgroup = get_object_or_404(enrollment.cohort.subgroups, pk=chosen if chosen.isdecimal() else 0)
    try:
        subgroups.place(reader(request), enrollment, subgroup)
        moved = {"name": enrollment.person.name, "group": subgroup.topic}
        messages.success(request, _("%(name)s is in the group “%(group)s” now.") % moved)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(path_of(request, "back", request.path.rsplit("/", 3)[0] + "/"))

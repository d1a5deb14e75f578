"""A host's cohorts: planned, looked at, changed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts import later, letters
from cohorts.forms.cohorts import CohortForm, first_plan, initial_of, plan_of
from cohorts.forms.refusal import attempt
from cohorts.models import Cohort
from cohorts.policies import cohorts_run_by, get_run_cohort, get_run_study, reader
from cohorts.services import cohorts, readiness
from cohorts.standing import with_standing
from studyplatform.kit import moments


@login_required
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan the next cohort; it starts from the last one's values with the dates moved."""
    study = get_run_study(request, slug)
    plan = later.next_plan(study) or first_plan(reader(request))
    again = study.cohorts.exists()
    form = CohortForm(request.POST or None, initial=initial_of(plan), first=not again)
    cohort = attempt(form, cohorts.draft, reader(request), study) if _saves(request) else None
    if cohort:
        messages.success(request, _("The plan is saved. Nobody sees it until you open it."))
        return redirect("studio_cohort", slug, cohort.number)
    return render(request, "studio/cohort_new.html", {"form": form, "study": study, "again": again})


@login_required
def edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Change a cohort's plan."""
    cohort = get_run_cohort(request, slug, number)
    form = CohortForm(request.POST or None, initial=initial_of(plan_of(cohort)), cohort=cohort)
    saved = attempt(form, cohorts.change, reader(request), cohort) if _saves(request) else None
    if saved:
        messages.success(request, _("Saved."))
        return redirect("studio_cohort", slug, number)
    context = {"form": form, "study": cohort.study, "cohort": cohort, "here": "plan"}
    return render(request, "studio/cohort_edit.html", context)


def _saves(request: HttpRequest) -> bool:
    """“Work it out” only draws the form again, with the refunds for what is typed."""
    return request.method == "POST" and "work_out" not in request.POST


@login_required
@require_safe
def refunds(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """The refund rules worked out for what is typed so far, for the form that asks while one types."""
    cohort = get_run_cohort(request, slug, number) if number else None
    study = cohort.study if cohort else get_run_study(request, slug)
    form = CohortForm(request.GET, cohort=cohort)
    return render(request, "studio/_refunds.html", {"form": form, "study": study})


@login_required
@require_safe
def overview(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """How a cohort stands: what is missing before it opens, then its link, its numbers, its next session."""
    found: Any = with_standing(cohorts_run_by(request.user).filter(study__slug=slug))
    cohort = get_object_or_404(found, number=number)
    context = {"cohort": cohort, "study": cohort.study, "here": "overview"}
    context["may_call_off"] = cohort.state not in Cohort.OVER and not cohorts.has_begun(cohort)
    if cohort.state == Cohort.State.DRAFT:
        checks = readiness.checks(cohort)
        context |= {"checks": checks, "ready": all(check.done or not check.needed for check in checks)}
    else:
        context |= {"share": letters.share_link(cohort), "message": _invitation(cohort)}
    return render(request, "studio/cohort.html", context)


def _invitation(cohort: Cohort) -> str:
    """Return a few lines ready for a chat or a mail, in the study's own language."""
    with translation.override(cohort.study.language):
        first = cohort.sessions.filter(subgroup=None).first()
        words = {
            "run": cohort.full_name,
            "promise": cohort.study.promise,
            "when": moments.moment(first.starts_at, cohort.tz) if first else moments.day(cohort.starts_on),
            "zone": moments.zone_name(cohort.zone),
            "link": letters.share_link(cohort),
        }
        return _("%(run)s. %(promise)s We begin on %(when)s (%(zone)s). Come along: %(link)s") % words

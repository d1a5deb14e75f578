"""The catalogue of studies, and the lasting page of one."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from cohorts import pricing
from cohorts.models import Cohort, Enrollment, StudyRole
from cohorts.policies import joinable_now, public_cohorts, public_studies
from studyplatform.kit import language, page_cache
from studyplatform.pages import landing, structured

PAGE = 20
SHOWN = 6  # of what members of a study made, on its page
FILTERS = (("open", _("Open now")), ("running", _("Running")), ("past", _("Finished")))


@page_cache.public("lists", query=("show", "page"), seconds=page_cache.MINUTE)
def studies(request: HttpRequest) -> HttpResponse:
    """Cohorts one can join, that run, or that ran."""
    shown = request.GET.get("show", "open")
    shown = shown if shown in dict(FILTERS) else "open"
    page = Paginator(_cohorts(shown), PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "pages/studies.html",
        {"page": page, "shown": shown, "filters": FILTERS, "head": structured.studies_head(request, page)},
    )


def _cohorts(shown: str) -> QuerySet[Any]:
    which = {
        "open": joinable_now(),
        "running": Q(state__in=Cohort.RUNNING) & ~joinable_now(),
        "past": Q(state=Cohort.State.FINISHED),
    }[shown]
    order = "-starts_on" if shown == "past" else "starts_on"
    found = public_cohorts().filter(which).select_related("study", "seats").order_by(order, "pk")
    return pricing.with_amount(found)


@page_cache.public("study:{slug}", "lists", query=("from",), seconds=page_cache.MINUTE)
def study(request: HttpRequest, slug: str) -> HttpResponse:
    """The promise, who hosts it, all its cohorts, the best of what came out of it.

    `?from=` a post of the study puts that post first and goes on to the pages of its cohorts.
    """
    host = StudyRole.objects.filter(study=OuterRef("pk"), kind=StudyRole.Kind.HOST)
    found: Any = get_object_or_404(
        public_studies().annotate(host_row=Subquery(host.values(row=landing.face_row("person"))[:1])), slug=slug
    )
    language.activate(request, found.language)
    context = {
        "study": found,
        "host": landing.face(found.host_row),
        "cohorts": list(_cohorts_of(found)),
        "posts": landing.made_in(found.pk, landing.came_from(request), SHOWN),
        "for_whom": landing.lines(found.for_whom),
        "not_for": landing.lines(found.not_for),
    }
    context["origin"] = landing.origin(context["posts"], landing.came_from(request))
    if request.GET.get("from") and not context["origin"]:
        return redirect(found)  # what names no post is kept nowhere
    context["next"] = next((c for c in reversed(context["cohorts"]) if landing.status(c) in ("open", "soon")), None)
    return render(request, "pages/study.html", {**context, "head": structured.study_head(context)})


def _cohorts_of(study: Any) -> QuerySet[Any]:
    belongs = Q(enrollments__state__in=Enrollment.BELONGS)
    found = landing.with_page_columns(public_cohorts().filter(study=study)).order_by("-number")
    return found.annotate(people=Count("enrollments", filter=belongs, distinct=True))

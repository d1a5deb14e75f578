"""The landing page of a cohort, and the fragment beside its price that changes by the minute."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cohorts import presale
from cohorts.models import Cohort, Enrollment, ScholarshipApplication
from cohorts.policies import public_cohorts
from cohorts.services import scholarships, seats, waiting
from studyplatform.kit import language, page_cache
from studyplatform.pages import landing, structured


@page_cache.public("cohort:{slug}:{number}", "study:{slug}", query=("from",), seconds=page_cache.MINUTE)
def cohort(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What happens each week, with whom, when, what it costs, how refunds go, what earlier members made.

    `?from=` a post of the study puts that post and its field first: the same page for everybody who comes from there.
    """
    found = get_object_or_404(landing.with_page_columns(public_cohorts()), study__slug=slug, number=number)
    language.activate(request, found.study.language)
    context = landing.context(found, landing.came_from(request))
    if request.GET.get("from") and not context["origin"]:
        return redirect(found)  # what names no post is kept nowhere
    return render(request, "pages/cohort.html", {**context, "head": structured.cohort_head(context)})


@require_safe
@never_cache
def seats_fragment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Seats left, being paid for, and for who is signed in whether they are in already, or where they stand in line."""
    shown = landing.with_next(landing.with_held(public_cohorts())).select_related("study", "seats", "scholarship")
    found = get_object_or_404(shown, study__slug=slug, number=number)
    language.activate(request, found.study.language)
    context = {
        "cohort": found,
        "study": found.study,
        **landing.seats_now(found),
        "next": landing.next_one(found),
        "status": landing.status(found),
        "windows": presale.windows(found),
        "mine": _mine(request, found),
        "yes": _yes(request, found),
        **_first(request, found),
    }
    return render(request, "pages/_seats.html", context)


def _first(request: HttpRequest, cohort: Cohort) -> dict[str, Any]:
    """How the reader stands before everybody can join (`sale`); whoever may join by now sees the page as open."""
    if landing.status(cohort) != "soon" or "signed_in" not in request.COOKIES:
        return {}
    sale = presale.standing(request.user, cohort, cohort.seats)
    return {"sale": sale, **({"status": "open"} if sale and sale.may_join else {})}


def _yes(request: HttpRequest, cohort: Cohort) -> ScholarshipApplication | None:
    """The scholarship the reader can use now; asked for only where there is one."""
    offers = "signed_in" in request.COOKIES and getattr(cohort, "scholarship", None)
    return scholarships.standing(request.user, cohort) if offers else None


def _mine(request: HttpRequest, cohort: Cohort) -> Enrollment | None:
    """The reader's own place; who carries no hint of being signed in is not asked for a session."""
    if "signed_in" not in request.COOKIES or not request.user.is_authenticated:
        return None
    own = cohort.enrollments.filter(person=request.user, state__in=Enrollment.LIVE)
    mine = waiting.with_ahead(own).first()
    gone = mine and mine.state in Enrollment.HOLDS and not seats.is_promised(mine, cohort)
    return None if gone else mine


seats_fragment.public = True  # type: ignore[attr-defined]  # in the study's language, not the reader's

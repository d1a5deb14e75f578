"""Waiting for a seat: what it means, one's place in line, letting it go."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cohorts.models import Cohort, Enrollment
from cohorts.origin import as_kept, origin_of
from cohorts.policies import public_cohorts, reader
from cohorts.services import prices, waiting
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("waiting", 20)
def line(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say how waiting goes, and one's own place in line; one press takes one. Whoever can join is sent to join."""
    cohort = _cohort(slug, number)
    if request.method == "POST":
        return _wait(request, cohort)
    own = _own(request, cohort)
    if not (own or (cohort.is_joinable and not cohort.seats.free)):
        return redirect("join", slug, number)
    if own and own.state != Enrollment.State.WAITLISTED:
        return redirect("join", slug, number)
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "own": own,
        "ahead": waiting.ahead(own) if own else cohort.seats.waiting,
        "price": prices.now(cohort)[0],
        "came_from": origin_of(request),
    }
    return render(request, "cohorts/waiting.html", context)


def _cohort(slug: str, number: int) -> Cohort:
    return get_object_or_404(public_cohorts().select_related("seats"), study__slug=slug, number=number)


def _own(request: HttpRequest, cohort: Cohort) -> Enrollment | None:
    if not request.user.is_authenticated:
        return None
    mine = cohort.enrollments.filter(person=request.user, state__in=Enrollment.LIVE)
    return mine.select_related("cohort").first()


def _wait(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    here = reverse("waiting", args=[cohort.study.slug, cohort.number])
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': here})}")
    try:
        waiting.wait(reader(request), cohort, came_from=as_kept(request.POST.get("came_from", "")))
    except Refused as refused:
        messages.info(request, str(refused))
        return redirect("join", cohort.study.slug, cohort.number)
    return redirect(here)


@login_required
@require_POST
def let_go(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let one's place in line go, or the seat one was offered."""
    cohort = _cohort(slug, number)
    own = _own(request, cohort)
    if own and waiting.leave(reader(request), own):
        messages.success(request, _("Done. Somebody else is glad of it."))
    return redirect(cohort)

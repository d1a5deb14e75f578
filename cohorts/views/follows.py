"""Being told when a study opens a cohort."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cohorts import presale
from cohorts.policies import joinable_now, public_cohorts, public_studies, reader
from cohorts.services import follows
from studyplatform.kit.limits import limited


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("follow", 20)
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what one is told and when; one press asks for it."""
    study = get_object_or_404(public_studies(), slug=slug)
    here = reverse("follow", args=[slug])
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_signup')}?{urlencode({'next': here})}")
        follows.follow(reader(request), study)
        return redirect(here)
    coming = public_cohorts().filter(joinable_now(), study=study).order_by("starts_on", "number").first()
    context = {
        "study": study,
        "follows": request.user.is_authenticated and study.follows.filter(person=request.user).exists(),
        "coming": coming,
        "since": presale.joins_from(request.user, coming) if coming else None,
    }
    return render(request, "cohorts/follow.html", context)


@login_required
@require_POST
def follow_stop(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell them no more."""
    study = get_object_or_404(public_studies(), slug=slug)
    if follows.stop(reader(request), study):
        messages.success(request, _("We do not write to you about it any more."))
    return redirect("follow", slug)

"""Asking for a scholarship, and how it stands."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cohorts.forms.refusal import attempt
from cohorts.forms.scholarships import AskForm
from cohorts.models import Cohort, ScholarshipApplication
from cohorts.policies import public_cohorts, reader
from cohorts.services import scholarships
from studyplatform.kit.limits import limited


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("scholarship", 20)
def scholarship(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say what is offered and ask for it with a few words; whoever has asked sees how it stands."""
    cohort = _cohort(slug, number)
    form = AskForm(request.POST or None)
    if request.method == "POST":
        here = reverse("scholarship", args=[slug, number])
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_signup')}?{urlencode({'next': here})}")
        if attempt(form, scholarships.ask, reader(request), cohort):
            return redirect(here)
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "offered": scholarships.of(cohort),
        "own": _own(request, cohort),
        "form": form,
    }
    return render(request, "cohorts/scholarship.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def scholarship_withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Take one's question back, or a yes one does not want."""
    own = _own(request, _cohort(slug, number))
    if own and scholarships.withdraw(reader(request), own):
        messages.success(request, _("Taken back. What you wrote is erased."))
    return redirect("scholarship", slug, number)


def _cohort(slug: str, number: int) -> Cohort:
    return get_object_or_404(public_cohorts(), study__slug=slug, number=number)


def _own(request: HttpRequest, cohort: Cohort) -> ScholarshipApplication | None:
    if not request.user.is_authenticated:
        return None
    mine = ScholarshipApplication.objects.filter(scholarship=cohort.pk, person=request.user)
    return mine.exclude(state=ScholarshipApplication.State.WITHDRAWN).order_by("-pk").first()

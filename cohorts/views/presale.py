"""When people may join a cohort, as its host sets it."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohorts import presale
from cohorts.forms.presale import PresaleForm
from cohorts.forms.refusal import attempt
from cohorts.models import Audience, Cohort
from cohorts.policies import get_run_cohort, reader
from cohorts.services import presales


@dataclass(frozen=True)
class Window:
    """An audience, how many they are, from when they may join (UTC; None: with everybody), whether they were told."""

    title: str
    people: int
    since: datetime.datetime | None
    told: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def presale_of(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show who may join from when, and let it be changed as long as it is not decided."""
    cohort = get_run_cohort(request, slug, number)
    form = PresaleForm(request.POST or None, cohort=cohort)
    saved = attempt(form, presales.set_for, reader(request), cohort) if request.method == "POST" else None
    if saved:
        messages.success(request, _("Saved."))
        return redirect("studio_presale", slug, number)
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "here": "presale",
        "form": form if presales.may_change(cohort) else None,
        "windows": windows(cohort),
    }
    return render(request, "studio/presale.html", context, status=422 if form.errors else 200)


def windows(cohort: Cohort) -> list[Window]:
    """Return every audience with its moment; the page shows them."""
    since = presale.windows(cohort)
    told = set(cohort.announcements.filter(news_at=None).values_list("audience", flat=True))
    return [
        Window(str(who.label), presale.people(cohort, who).count(), since.get(who), who in told) for who in Audience
    ]

"""Opening a cohort, closing it for new members, opening it again, calling it off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cohorts.models import Cohort, Enrollment
from cohorts.policies import enrollments_in, get_run_cohort, reader
from cohorts.services import cohorts
from studyplatform.kit.errors import Refused

_CALLED_OFF = gettext_lazy("The cohort is called off. Everybody was told, and the money is on its way back.")
VERBS = {
    "open": (cohorts.open, gettext_lazy("It is open. Share the link, and people can join.")),
    "close": (cohorts.close, gettext_lazy("Nobody can join now. Everybody who is in stays in.")),
    "reopen": (cohorts.reopen, gettext_lazy("People can join again.")),
}


@login_required
@require_POST
def move(request: HttpRequest, slug: str, number: int, verb: str) -> HttpResponse:
    """Move a cohort by one of the verbs above."""
    cohort = get_run_cohort(request, slug, number)
    act, done = VERBS[verb]
    try:
        act(reader(request), cohort)
        messages.success(request, done)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("studio_cohort", slug, number)


@login_required
def call_off(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say what calling off does, in numbers; then do it."""
    cohort = get_run_cohort(request, slug, number)
    draft = cohort.state == Cohort.State.DRAFT
    if request.method == "POST":
        try:
            cohorts.call_off(reader(request), cohort)
            messages.success(request, _("The plan is dropped.") if draft else _CALLED_OFF)
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("studio_cohort", slug, number)
    members = enrollments_in(cohort)
    elsewhere = Q(price_kind=Enrollment.OUTSIDE)
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "draft": draft,
        "members": members.count(),
        **members.aggregate(paid=Sum("price", filter=~elsewhere), elsewhere=Sum("price", filter=elsewhere)),
    }
    return render(request, "studio/call_off.html", context)

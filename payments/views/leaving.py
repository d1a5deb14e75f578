"""Leaving a cohort: what comes back, what ends and what stays, before it is confirmed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.models import Enrollment
from cohorts.policies import reader
from payments.forms.leaving import LeavingForm
from payments.services import leaving
from studyplatform.kit import money
from studyplatform.kit.errors import Refused


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what leaving means; do it when it is confirmed. Who has no place here gets 404."""
    places = Enrollment.objects.filter(person=reader(request), state__in=Enrollment.BELONGS)
    place = get_object_or_404(
        places.select_related("cohort__study", "policy", "group"), cohort__study__slug=slug, cohort__number=number
    )
    form = LeavingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            quiet = leaving.quote(place).bank.waits or place.given_by_id
            amount = leaving.leave(reader(request), place, **form.cleaned_data)
            return _left(request, place, 0 if quiet else amount)
        except Refused as refused:
            form.add_error(None, str(refused))
    return _page(request, place, form)


def _left(request: HttpRequest, place: Enrollment, amount: int) -> HttpResponse:
    if amount:
        shown = {"amount": money.show(amount, place.currency)}
        messages.success(request, _("You have left. %(amount)s comes back. A letter says how.") % shown)
        return redirect("payments")
    messages.success(request, _("You have left."))
    return redirect("home")


def _page(request: HttpRequest, place: Enrollment, form: LeavingForm) -> HttpResponse:
    cohort, quote = place.cohort, leaving.quote(place)
    context = {
        "place": place,
        "cohort": cohort,
        "study": cohort.study,
        "form": form,
        "quote": quote,
        "over": cohort.state in cohort.OVER or place.state == Enrollment.State.COMPLETED,
        **leaving.ends(place),
    }
    return render(request, "payments/leaving/form.html", context, status=409 if form.errors else 200)

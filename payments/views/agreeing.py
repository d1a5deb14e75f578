"""Who was brought in by a list agrees to the terms and the refund rule of their seat before the space opens."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.models import Enrollment
from cohorts.policies import must_agree, reader
from payments.services import agreements, choices, seat_money


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what holds, and take the yes to it. Who was not brought in gets 404, who has agreed goes on to the space."""
    brought = Enrollment.objects.filter(
        person=reader(request), price_kind=Enrollment.OUTSIDE, state__in=Enrollment.BELONGS
    )
    place = get_object_or_404(
        brought.select_related("cohort__study__payee__profile", "policy"),
        cohort__study__slug=slug,
        cohort__number=number,
    )
    if request.method == "POST":
        agreements.agree(reader(request), recording=False)
    if request.method == "POST" or not must_agree(request.user, place.cohort):
        return redirect("space", slug, number)
    paid = seat_money.room(place)
    context = {
        "place": place,
        "cohort": place.cohort,
        "study": place.cohort.study,
        "paid": paid,
        "rungs": choices.refund_rungs(place.cohort, paid, place),
    }
    return render(request, "payments/outside/agree.html", context)

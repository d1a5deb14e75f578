"""A host gives a member money back: the amount and why, a look at who bears it, then the deed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.models import Enrollment
from cohorts.policies import cohorts_run_by, reader
from payments.forms.refund import RefundForm
from payments.services import kindness, seat_money
from studyplatform.kit import money
from studyplatform.kit.errors import Refused
from studyplatform.kit.ids import short_id


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member_refund(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask, show what it means, then give. Only hosts of the study: to all others it is not there."""
    found = Enrollment.objects.filter(cohort__in=cohorts_run_by(request.user), payment_lines__amount__gt=0)
    place = get_object_or_404(
        found.select_related("person__profile", "group", "cohort__study").distinct(), public_id=public_id
    )
    form = RefundForm(request.POST or None, currency=place.currency, initial={"key": short_id()})
    if request.method != "POST" or not form.is_valid():
        return _page(request, place, form)
    try:
        return _give(request, place, form) if "sure" in request.POST else _preview(request, place, form)
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return _page(request, place, form)


def _page(request: HttpRequest, place: Enrollment, form: RefundForm) -> HttpResponse:
    context = {"form": form, "room": seat_money.room(place), **_about(place)}
    return render(request, "payments/refunds/form.html", context, status=422 if form.errors else 200)


def _about(place: Enrollment) -> dict[str, object]:
    return {
        "place": place,
        "cohort": place.cohort,
        "study": place.cohort.study,
        "currency": place.currency,
        "whose": _whose(place),
    }


def _whose(place: Enrollment) -> str:
    """Who gets the money: whoever paid for the seat."""
    return place.group.company if place.group else place.person.name


def _preview(request: HttpRequest, place: Enrollment, form: RefundForm) -> HttpResponse:
    asked = form.cleaned_data
    amount = asked["amount"]
    borne, bank = kindness.preview(place, amount), seat_money.at_bank(place, amount, own=False)
    context = {"form": form, "asked": asked, "borne": borne, "bank": bank, **_about(place)}
    return render(request, "payments/refunds/preview.html", context)


def _give(request: HttpRequest, place: Enrollment, form: RefundForm) -> HttpResponse:
    amount = form.cleaned_data.pop("amount")
    own = seat_money.outside(place, amount)
    said = _("Give %(name)s %(amount)s back yourself.") if own else _said(place, amount)
    given = kindness.give(reader(request), place, amount, **form.cleaned_data)
    messages.success(request, said % {"amount": money.show(own or given, place.currency), "name": _whose(place)})
    return redirect("studio_people", place.cohort.study.slug, place.cohort.number)


def _said(place: Enrollment, amount: int) -> str:
    bank = seat_money.at_bank(place, amount, own=False)
    if bank.waits:
        return _("%(amount)s for %(name)s waits until their bank has decided.")
    return _("%(amount)s goes to %(name)s by hand.") if bank.by_hand else _("%(amount)s is on its way to %(name)s.")

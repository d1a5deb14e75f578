"""Giving a seat: its giver's page, and that of who shall have it, opened by the token a letter carries."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.models import Enrollment, SeatGift
from cohorts.policies import reader, subgroup_of
from payments.forms.giving import GivingForm, TakingForm
from payments.policies import gifts_by_token
from payments.services import giving, leaving, releases
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("give", 20)
def give(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let a member offer their seat, or take the offer back. Who has no place here gets 404."""
    places = Enrollment.objects.filter(person=reader(request), state__in=Enrollment.BELONGS)
    place = get_object_or_404(
        places.select_related("cohort__study", "policy"), cohort__study__slug=slug, cohort__number=number
    )
    if request.method == "POST" and "take_back" in request.POST:
        return _take_back(request, place)
    form = GivingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            gift = giving.offer(reader(request), place, **form.cleaned_data)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, _("We have written to %(name)s.") % {"name": gift.name})
            return redirect(request.path)
    return _page(request, place, form)


def _take_back(request: HttpRequest, place: Enrollment) -> HttpResponse:
    if giving.take_back(reader(request), place):
        messages.success(request, _("The offer is taken back. The seat stays yours."))
        return redirect(request.path)
    messages.error(request, _("That offer has ended already."))
    return redirect("home")


def _page(request: HttpRequest, place: Enrollment, form: GivingForm) -> HttpResponse:
    context = {
        "place": place,
        "cohort": place.cohort,
        "study": place.cohort.study,
        "form": form,
        "gift": giving.waiting(place),
        "why_not": giving.why_not(place),
        "quote": leaving.quote(place),
        **leaving.ends(place),
    }
    return render(request, "payments/giving/form.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("seat_gift", 30)
def seat_gift(request: HttpRequest, token: str) -> HttpResponse:
    """Who offers which seat; yes needs the account of the address it was sent to, no needs none."""
    gift = get_object_or_404(gifts_by_token(), token=token)
    person = request.user if isinstance(request.user, User) else None
    if request.method == "POST" and request.POST.get("answer") == "no":
        return _no(request, gift, person)
    if request.method == "POST" and not person:
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
    form = TakingForm(request.POST or None)
    if person and request.method == "POST" and form.is_valid():
        try:
            return _taken(request, giving.accept(person, gift, recording=form.cleaned_data["recording"]))
        except Refused as refused:
            form.add_error(None, str(refused))
    status = 422 if form.errors else 200
    return render(request, "payments/giving/gift.html", {**_about(gift, person), "form": form}, status=status)


def _taken(request: HttpRequest, place: Enrollment) -> HttpResponse:
    messages.success(request, _("The seat is yours. Welcome!"))
    return redirect("space", place.cohort.study.slug, place.cohort.number)


def _about(gift: SeatGift, person: User | None) -> dict[str, Any]:
    cohort = gift.enrollment.cohort
    return {
        "gift": gift,
        "giver": gift.enrollment.person,
        "place": gift.enrollment,
        "cohort": cohort,
        "study": cohort.study,
        "group": subgroup_of(gift.enrollment),
        "sessions": releases.to_come(cohort).order_by("starts_at"),
        "why_not": giving.why_not_theirs(person, gift) if person and gift.is_open else "",
        "in_line": bool(person and cohort.enrollments.filter(person=person, state="waitlisted").exists()),
    }


def _no(request: HttpRequest, gift: SeatGift, person: User | None) -> HttpResponse:
    try:
        giving.decline(gift, person)
        messages.success(request, _("Thank you for answering. Your no is passed on."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.path)

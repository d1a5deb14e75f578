"""Moving to a later cohort: the cohorts to choose from, what the move means in money and otherwise, then the deed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.models import Enrollment
from cohorts.policies import cohorts_run_by, reader
from payments.flows import moving as flow
from payments.forms.moving import HostMovingForm, MovingForm
from payments.services import choices, leaving, moving, seat_money
from payments.views.join import see_other
from studyplatform.kit.errors import Refused


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Let a member move; who has no place here gets 404, who is paying the difference is sent to that payment."""
    places = Enrollment.objects.filter(person=reader(request), state=Enrollment.State.ACTIVE)
    place = get_object_or_404(
        places.select_related("cohort__study", "policy"), cohort__study__slug=slug, cohort__number=number
    )
    payment = moving.pending(place)
    if payment:
        return redirect("checkout_return", payment.public_id)
    to = _chosen(request, place)
    form = MovingForm(request.POST or None, cohort=to)
    if request.method == "POST" and to and form.is_valid():
        try:
            return _moved(request, place, to, form)
        except Refused as refused:
            form.add_error("subgroup" if refused.field == "subgroup" else None, str(refused))
    return _page(request, place, to, form)


def _chosen(request: HttpRequest, place: Enrollment) -> Any:
    """Return the later cohort that was asked for, or the only one there is."""
    found = list(moving.later(place))
    asked = request.POST.get("to") or request.GET.get("to", "")
    only = found[0] if len(found) == 1 and not asked else None
    return next((cohort for cohort in found if str(cohort.number) == asked), only)


def _moved(request: HttpRequest, place: Enrollment, to: Any, form: MovingForm) -> HttpResponse:
    asked = form.cleaned_data
    payment = flow.begin(reader(request), place, to, seen=asked["seen"], subgroup=asked["subgroup"])
    if payment:
        return see_other(payment)
    messages.success(request, _("You have moved to %(name)s.") % {"name": to.full_name})
    return redirect("space", to.study.slug, to.number)


def _page(request: HttpRequest, place: Enrollment, to: Any, form: MovingForm) -> HttpResponse:
    context = {
        **_about(place, to),
        "form": form,
        "move": moving.quote(place, to) if to else None,
        "choices": choices.subgroups(to) if to else [],
        **leaving.ends(place),
    }
    return render(request, "payments/moving/form.html", context, status=409 if form.errors else 200)


def _about(place: Enrollment, to: Any) -> dict[str, Any]:
    cohort, why_not = place.cohort, moving.why_not(place)
    later = [] if why_not else moving.later(place)
    return {"place": place, "cohort": cohort, "study": cohort.study, "later": later, "to": to, "why_not": why_not}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member_move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let a host move a member. Only hosts of the study: to all others it is not there."""
    found = Enrollment.objects.filter(cohort__in=cohorts_run_by(request.user), state=Enrollment.State.ACTIVE)
    place = get_object_or_404(found.select_related("person__profile", "cohort__study", "policy"), public_id=public_id)
    to, form = _chosen(request, place), HostMovingForm(request.POST or None)
    if request.method == "POST" and to and form.is_valid():
        asked = form.cleaned_data
        try:
            moving.move_for(reader(request), place, to, seen=asked["seen"], whole=asked["whole"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("%(name)s has moved.") % {"name": place.person.name})
            return redirect("studio_people", place.cohort.study.slug, place.cohort.number)
    return _hosts_page(request, place, to, form)


def _hosts_page(request: HttpRequest, place: Enrollment, to: Any, form: HostMovingForm) -> HttpResponse:
    ways = [(whole, moving.quote(place, to, whole=whole, waived=True)) for whole in (False, True)] if to else []
    if len({one.along for _whole, one in ways}) == 1:  # by the rule everything comes along anyway
        ways = ways[:1]
    room = seat_money.room(place)
    outside = seat_money.outside(place, room)
    context = {**_about(place, to), "form": form, "ways": ways, "outside": outside, "ours": room - outside}
    return render(request, "payments/moving/member.html", context, status=409 if form.errors else 200)

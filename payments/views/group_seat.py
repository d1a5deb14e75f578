"""A seat somebody's company bought: whoever has the link sits down by signing in."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.models import Enrollment, SeatGroup, SeatInvitation
from cohorts.services import attendance, group_seats
from payments.forms.seat_group import SeatForm
from payments.services import agreements, choices
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("join", 20)
def group_seat(request: HttpRequest, token: str) -> HttpResponse:
    """Say whose seat it is and in what; take it for whoever is signed in. A link that opens nothing gets 404."""
    found = group_seats.opened_by(token)
    if not found:
        raise Http404
    group, invitation = found
    person = request.user if isinstance(request.user, User) else None
    if request.method == "POST" and not person:
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
    form = SeatForm(request.POST if request.method == "POST" else None, cohort=group.cohort)
    if person and request.method == "POST" and form.is_valid() and _sits(request, person, token, form):
        return redirect("space", group.cohort.study.slug, group.cohort.number)
    return _page(request, group, invitation, form)


def _sits(request: HttpRequest, person: User, token: str, form: SeatForm) -> bool:
    asked = form.cleaned_data
    try:
        place = group_seats.take(person, token, subgroup=asked["subgroup"], introduction=asked["introduction"])
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return False
    agreements.agree(person, recording=asked["recording"])
    attendance.show(place, asked["attendance"])
    messages.success(request, _("You are in. Say hello."))
    return True


def _page(request: HttpRequest, group: SeatGroup, invitation: SeatInvitation | None, form: SeatForm) -> HttpResponse:
    cohort = group.cohort
    member = cohort.enrollments.filter(person=request.user.pk or 0, state__in=Enrollment.BELONGS)
    context = {
        "group": group,
        "cohort": cohort,
        "study": cohort.study,
        "form": form,
        "free": group_seats.free(group, invitation) if group_seats.can_name(cohort) else 0,
        "late": not group_seats.can_name(cohort),
        "seated": member.exists(),
        "choices": choices.subgroups(cohort),
        "chosen": str(form["subgroup"].value() or ""),
    }
    return render(request, "payments/seat_groups/seat.html", context, status=409 if form.errors else 200)

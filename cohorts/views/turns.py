"""Turns: all that come, taking one, passing one on."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import clock
from cohorts import turns as turns_of
from cohorts.forms.turns import PassOnForm
from cohorts.models import Cohort, Enrollment, Presentation, Session
from cohorts.policies import enrollment_of, get_session, get_space, reader, sessions_of, subgroup_of
from cohorts.services import presentations
from studyplatform.kit.errors import Refused

STANDING = Presentation.objects.exclude(state="passed").select_related("enrollment__person__profile")


@require_safe
@login_required
def turns(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The reader's own turns, and every coming session with its taken and open places."""
    cohort = get_space(request, slug, number)
    mine = enrollment_of(request.user, cohort)
    rows = _rows(request, cohort, mine)
    context = {
        "cohort": cohort,
        "mine": mine,
        "rows": rows,
        "own": [(session, slot) for session, places, _free, _can in rows for slot in places if slot.mine],
        "open_count": sum(free for _session, _places, free, _can in rows),
        "goes_first": turns_of.goes_first(mine),
    }
    return render(request, "cohorts/turns.html", context)


def _rows(request: HttpRequest, cohort: Cohort, mine: Enrollment | None) -> list[Any]:
    """Return (session, its places, how many are open, whether the reader may take one) for every coming session."""
    coming = clock.coming(sessions_of(request.user).filter(cohort=cohort, state=Session.State.PLANNED))
    group = subgroup_of(mine)
    rows = []
    for session in coming.prefetch_related(Prefetch("presentations", STANDING, to_attr="standing")):
        places = turns_of.slots(session, session.standing, mine)
        belongs = session.subgroup_id is None or (group is not None and group.pk == session.subgroup_id)
        free = sum(place.turn is None for place in places)
        rows.append((session, places, free, turns_of.can_take(session, places, mine, belongs)))
    return rows


@require_POST
@login_required
def turn_take(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """Take the first free turn of a session."""
    session = get_session(request, slug, number, public_id)
    try:
        turn = presentations.claim(reader(request), session)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Turn %(position)s is yours. Next: its case study.") % {"position": turn.position})
    return redirect(session.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def turn_pass(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """Pass one's own turn on, with a word why."""
    session = get_session(request, slug, number, public_id)
    own = Presentation.objects.filter(session=session, enrollment__person=reader(request)).exclude(state="passed")
    turn = get_object_or_404(own)
    form = PassOnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            presentations.pass_on(reader(request), turn, form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Your turn is free for somebody else. Thank you for saying so in time."))
            return redirect(session.get_absolute_url())
    context = {"cohort": session.cohort, "session": session, "turn": turn, "form": form}
    return render(request, "cohorts/turn_pass.html", context, status=422 if form.errors else 200)

"""One member, as whoever leads their subgroup or hosts their study sees them: what they gave, notes to and on them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts import clock, nudging
from cohorts.forms.notes import NudgeForm, PartnerNoteForm
from cohorts.models import Enrollment, PartnerNote, Session
from cohorts.policies import members_looked_after_by, partner_notes_seen_by, reader, studies_run_by, subgroup_of
from cohorts.services import nudges
from cohorts.standing import POSTS, TURNS
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited
from studyplatform.kit.redirects import path_of

OWN = "own-%s"  # ids of the second form on the page


@login_required
@require_safe
def member(request: HttpRequest, public_id: str) -> HttpResponse:
    """The member, the notes they were sent, and what the reader keeps about them."""
    return _page(request, _get(request, public_id))


@login_required
@require_POST
@limited("letters", 30)
def nudge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the member a note; a refusal stands beside the words, which are kept."""
    place, form = _get(request, public_id), NudgeForm(request.POST)
    if form.is_valid():
        try:
            nudges.send(reader(request), place, form.cleaned_data["words"])
            messages.success(request, _("Your note is on its way to %(name)s.") % {"name": place.person.name})
            return redirect(path_of(request, "next", request.path.removesuffix("nudge/")))
        except Refused as refused:
            form.add_error(refused.field, str(refused))
    return _page(request, place, form=form)


@login_required
@require_POST
def note(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep what the reader wants to remember of the member."""
    place, form = _get(request, public_id), PartnerNoteForm(request.POST, auto_id=OWN)
    if not form.is_valid():
        return _page(request, place, note=form)
    nudges.keep(reader(request), place, form.cleaned_data["words"])
    messages.success(request, _("Saved."))
    return redirect(request.path.removesuffix("note/"))


def _get(request: HttpRequest, public_id: str) -> Any:
    counted = members_looked_after_by(request.user).annotate(post_count=POSTS, turn_count=TURNS)
    return get_object_or_404(counted, public_id=public_id)


def _next(place: Enrollment) -> Session | None:
    """The member's next session with an open turn to come."""
    group = subgroup_of(place)
    coming = clock.coming(Session.objects.filter(cohort=place.cohort_id, state=Session.State.PLANNED))
    return coming.filter(Q(subgroup=None) | Q(subgroup=group)).filter(starts_at__gt=timezone.now()).first()


def _page(
    request: HttpRequest, place: Any, *, form: NudgeForm | None = None, note: PartnerNoteForm | None = None
) -> HttpResponse:
    """The member's page; a form given was refused, and stands beside the other one as it was."""
    sent = list(place.nudges.select_related("sender__profile")[:20])
    others = partner_notes_seen_by(request.user).filter(enrollment=place).exclude(author=reader(request))
    context = {
        "place": place,
        "cohort": place.cohort,
        "study": place.cohort.study,
        "group": subgroup_of(place),
        "sent": sent,
        "hosts": studies_run_by(request.user).filter(pk=place.cohort.study_id).exists(),
        "rests": next((one for one in sent if one.rests.upper > timezone.now()), None),
        "running": place.cohort.state in place.cohort.RUNNING,
        "form": form or NudgeForm(initial={"words": nudging.words_for(place, _next(place))}),
        "note": note or PartnerNoteForm(initial={"words": _kept(request, place)}, auto_id=OWN),
        "notes": others.order_by("-changed_at"),
    }
    return render(request, "cohorts/notes.html", context, status=422 if form or note else 200)


def _kept(request: HttpRequest, place: Enrollment) -> str:
    own = PartnerNote.objects.filter(enrollment=place, author=reader(request)).first()
    return own.words if own else ""

"""All sessions a reader may see in a cohort, and the door to each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cohorts import clock
from cohorts.models import Session
from cohorts.policies import enrollment_of, get_session, get_space, reader, runs, sessions_seen_by
from cohorts.services import attendance
from studyplatform.kit import moments

PAGE = 40
STANDING = ~Q(presentations__state="passed")


@require_safe
@login_required
def sessions(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Sessions to come, or those that were, with how many turns are taken."""
    cohort = get_space(request, slug, number)
    past = "past" in request.GET
    seen = sessions_seen_by(request.user).filter(cohort=cohort)
    half = clock.over(seen) if past else clock.coming(seen)
    page = Paginator(_with_turns(half), PAGE).get_page(request.GET.get("page"))
    context = {
        "cohort": cohort,
        "page": page,
        "past": past,
        "coming_count": clock.coming(seen).count(),
        "past_count": clock.over(seen).count(),
        "mine": enrollment_of(request.user, cohort),
    }
    return render(request, "cohorts/sessions.html", context)


def _with_turns(seen: QuerySet[Session]) -> QuerySet[Session]:
    return seen.annotate(taken=Count("presentations", filter=STANDING, distinct=True))


@require_safe
@login_required
@never_cache
def enter(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """Lead who belongs to where the session meets; the meeting's own address never stands on a page or in a letter."""
    session = get_session(request, slug, number, public_id)
    closed = _too_early(request, session) or _why_closed(session)
    if closed:
        messages.warning(request, closed)
        return redirect(session.get_absolute_url())
    attendance.note(reader(request), session)
    response = redirect(session.meeting_link)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _too_early(request: HttpRequest, session: Session) -> str:
    """Members come in when the room opens; who prepares the session, at any time."""
    if session.stage != "coming" or runs(request.user, session):
        return ""
    return _("The room opens on %(when)s. This button leads in from then on.") % {
        "when": moments.moment(session.doors_at)
    }


def _why_closed(session: Session) -> str:
    if session.stage == "cancelled":
        return _("This session does not take place.")
    if session.stage == "over":
        return _("This session is over.")
    return (
        "" if session.meeting_link else _("The host has not set the meeting room yet. Look again closer to the time.")
    )

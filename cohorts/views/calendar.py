"""Calendar files: one session's, and a person's own feed that needs no sign-in but cannot be guessed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from cohorts import calendars
from cohorts.policies import get_seen_session, reader
from cohorts.services import calendar_feeds


@require_safe
@login_required
@cache_control(private=True, no_cache=True)
def session_ics(request: HttpRequest, public_id: str) -> HttpResponse:
    """One session the reader may see, as a file for their calendar."""
    session = get_seen_session(request.user, public_id)
    return _answer(calendars.session_file(session, reader(request)), f"session-{public_id}.ics")


@require_safe
@cache_control(private=True, max_age=900)
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """All sessions of the person whose token it is."""
    person = get_object_or_404(calendar_feeds.opened_by(token))
    return _answer(calendars.feed(person), "sessions.ics")


@require_POST
@login_required
def calendar_reset(request: HttpRequest) -> HttpResponse:
    """Give the reader's feed a new address; the old one ends."""
    calendar_feeds.reset(reader(request))
    messages.success(request, _("Your calendar has a new address. The old one no longer works."))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("home")
    return redirect(back)


def _answer(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)

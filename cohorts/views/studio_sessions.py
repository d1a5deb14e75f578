"""The sessions of a cohort as its host sees them: all of them, and one to change or cancel."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts.forms.refusal import attempt
from cohorts.forms.sessions import SessionForm
from cohorts.policies import get_run_cohort, get_run_session, reader
from cohorts.services import sessions
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited

PAGE = 50


@login_required
@require_safe
def sessions_of(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """All sessions in order, of everybody or of one subgroup."""
    cohort = get_run_cohort(request, slug, number)
    show = request.GET.get("show", "all")
    rows = cohort.sessions.select_related("subgroup")
    if show == "all":
        rows = rows.filter(subgroup=None)
    elif show.isdecimal():
        rows = rows.filter(subgroup=int(show))
    page = Paginator(rows.order_by("starts_at", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {"cohort": cohort, "study": cohort.study, "page": page, "show": show, "here": "sessions"}
    return render(request, "studio/sessions.html", {**context, "groups": cohort.subgroups.all(), "now": timezone.now()})


@login_required
@limited("letters", 30)
def session(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """Change one session; those who come are told when its time changes."""
    row = get_run_session(request, slug, number, public_id)
    form = SessionForm(request.POST or None, session=row)
    saved = attempt(form, sessions.change, reader(request), row) if request.method == "POST" else None
    if saved:
        messages.success(request, _("Saved."))
        return redirect("studio_sessions", slug, number)
    context = {"form": form, "session": row, "cohort": row.cohort, "study": row.cohort.study, "here": "sessions"}
    return render(request, "studio/session.html", context)


@login_required
@require_POST
@limited("letters", 30)
def cancel(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """Cancel one session."""
    row = get_run_session(request, slug, number, public_id)
    try:
        sessions.cancel(reader(request), row)
        messages.success(request, _("The session is cancelled. Everybody who comes to it is told by letter."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("studio_sessions", slug, number)

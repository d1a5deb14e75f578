"""The studio's first screen, and a drafted cohort as a visitor will see it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cohorts.models import Cohort
from cohorts.policies import cohorts_run_by, reader
from payments.services import earnings
from studyplatform.kit import language
from studyplatform.pages import hosting, landing, loop, todo


@require_safe
@login_required
def studio(request: HttpRequest) -> HttpResponse:
    """The loop in money, what to do now, each study with its cohorts, this week, and the money waiting."""
    person = reader(request)
    studies, sessions = hosting.rows(person), hosting.this_week(person)
    todos = hosting.to_do(person, studies, sessions) if studies else []
    context = {
        "rows": studies,
        "todos": todos[: todo.MOST],
        "more": todos[todo.MOST :],
        "loop": loop.of(person) if studies else None,
        "next_cohort": hosting.next_cohort(studies),
        "sessions": sessions,
        "ready": earnings.ready(person),
        "escrow": earnings.in_escrow(person),
    }
    return render(request, "studio/today.html", context)


@require_safe
@never_cache
@login_required
def preview(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A draft's landing page, for its hosts only; once it has opened, the page itself."""
    found = get_object_or_404(landing.with_page_columns(cohorts_run_by(request.user)), study__slug=slug, number=number)
    if found.state != Cohort.State.DRAFT:
        return redirect(found)
    words = {
        "reader_language": get_language(),
        "title": _("This is how visitors will see it."),
        "sentence": _("Only you and your co-hosts can. Nobody can join before you open it."),
        "back": _("Back to the plan"),
    }
    language.activate(request, found.study.language)
    context = {**landing.context(found), "status": "open", "seats": found.seats, "banner": words}
    return render(request, "studio/preview.html", context)

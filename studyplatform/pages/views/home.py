"""Home: what must I do now. The title is the answer."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts.models import Cohort, Enrollment, Session
from cohorts.policies import reader, studies_run_by, subgroups_led_by
from showcase.policies import public_case_studies
from studyplatform.accounts.models import User
from studyplatform.kit import moments
from studyplatform.pages import landing, steps, week

RUNNING = (Cohort.State.OPEN, Cohort.State.CLOSED)


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The next session, the next steps, the person's cohorts, groups and studies; for a newcomer, where to sit down."""
    person = reader(request)
    mine = list(_places(person))
    places = [place for place in mine if place.state in Enrollment.BELONGS]
    running = [place for place in places if place.cohort.state in RUNNING]
    held = [place for place in mine if place.state == Enrollment.State.HELD]
    own = week.of(person, running)
    todo = [step for place in running for step in steps.steps(place, own)]
    after = own.sessions[0] if own.sessions else None
    context = {
        "title": title(person, after, held, todo),
        "next": after,
        "next_turn": own.turn_in(after),
        "held": held,
        "steps": todo[:5],
        "places": [(place, own.posts.get(place.pk, 0)) for place in places],
        "running": bool(running),
        "drafts": own.drafts,
        "groups": subgroups_led_by(person).filter(cohort__state__in=RUNNING),
        "studies": studies_run_by(person).order_by("title"),
    }
    if not running:
        context |= _somewhere_to_sit()
    return render(request, "pages/home.html", context)


def _places(person: User) -> Any:
    seated = Enrollment.objects.filter(person=person, state__in=(*Enrollment.BELONGS, Enrollment.State.HELD))
    return seated.select_related("cohort__study", "person__profile").order_by("-cohort__starts_on", "-pk")


def title(person: User, after: Session | None, held: list[Enrollment], todo: list[steps.Step]) -> str:
    """Return the one thing that matters now, in a sentence to the person."""
    name = {"name": person.name}
    if after and after.stage == "live":
        return _("%(name)s, your session is on now") % name
    if held:
        return _("%(name)s, your seat is waiting") % name
    if after and after.stage == "soon":
        return _("%(name)s, your session starts at %(clock)s") % {**name, "clock": moments.clock(after.starts_at)}
    first = next((step for step in todo if not step.done), None)
    if first:
        return first.title
    if after:
        return _("%(name)s, you meet next on %(day)s") % {**name, "day": moments.day(after.starts_at)}
    return _("%(name)s, welcome") % name


def _somewhere_to_sit() -> dict[str, Any]:
    """The next cohorts to join, and three posts to read until then."""
    posts = public_case_studies().filter(language=get_language(), indexed=True)
    shown = posts.select_related("author__profile", "cover", "parent").order_by("-published_at")
    return {"cohorts": landing.next_cohorts(2), "posts": shown[:3]}

"""Home: what must I do now. The title is the answer."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cohorts import thanked
from cohorts.models import Cohort, Enrollment, Presentation, Session, Subgroup
from cohorts.policies import places_of, reader, sessions_of, studies_run_by, subgroups_led_by
from cohorts.services import waiting
from payments.models import PaymentLine
from payments.policies import paid_by
from showcase.policies import public_case_studies
from showcase.reading import for_lists
from studyplatform.accounts.models import User
from studyplatform.kit import moments, seo
from studyplatform.pages import landing, steps, week


@dataclass(frozen=True)
class Place:
    """One of the person's cohorts: posts written so far, the subgroup they sit in, the payment with its receipt."""

    seat: Enrollment
    posts: int
    group: Subgroup | None
    payment: str

    @property
    def running(self) -> bool:
        """Whether there is still something to do in it."""
        return self.seat.cohort.state in Cohort.RUNNING


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The next session, the next steps, the person's cohorts, groups and studies; for a newcomer, where to sit down."""
    person = reader(request)
    mine = sorted(_seats(person), key=_order)
    seats = [seat for seat in mine if seat.state in Enrollment.BELONGS]
    running = [seat for seat in seats if seat.cohort.state in Cohort.RUNNING]
    held = [seat for seat in mine if seat.state in Enrollment.HOLDS]
    own = week.of(person, running, sessions_of(person).filter(cohort__state__in=Cohort.RUNNING))
    todo = steps.of_all(running, own)
    places = _places(person, seats, own)
    after = own.sessions[0] if own.sessions else None
    context = {
        "title": title(person, after, held, todo, own.turn_in(after)),
        "today": timezone.localdate(),
        "held": held,
        "waiting": [seat for seat in mine if seat.state == Enrollment.State.WAITLISTED],
        "steps": todo[:5],
        "lead": next((step for step in todo[:5] if not step.done), None),
        "turns": own.turns,
        "drafts": own.drafts,
        "places": places,
        "paid": any(place.payment for place in places),
        "running": bool(running),
        "thanked": thanked.lately(person),
        "calendar": seo.absolute(reverse("calendar_feed", args=[person.calendar_token])),
        **_next(after, own, running),
        **_run_by(person),
    }
    if not (running or held or context["groups"] or context["studies"]):
        context |= _somewhere_to_sit()
    return render(request, "pages/home.html", context)


def _next(after: Session | None, own: week.Week, running: list[Enrollment]) -> dict[str, Any]:
    """The next session with who presents in it; `next_mine` when the person comes to it as a member."""
    return {
        "next": after,
        "next_turn": own.turn_in(after),
        "next_mine": bool(after and any(seat.cohort_id == after.cohort_id for seat in running)),
        "presenters": list(week.standing().filter(session=after)) if after else [],
    }


def _run_by(person: User) -> dict[str, Any]:
    """The subgroups a person leads now and the studies they host."""
    groups = subgroups_led_by(person).filter(cohort__state__in=Cohort.RUNNING)
    return {
        "groups": list(groups.order_by("cohort__starts_on", "pk")),
        "studies": list(studies_run_by(person).order_by("title")),
    }


def _order(seat: Enrollment) -> tuple[bool, int]:
    """Running cohorts first, the one that began first at the top; then the others, the latest at the top."""
    day = seat.cohort.starts_on.toordinal()
    return (False, day) if seat.cohort.state in Cohort.RUNNING else (True, -day)


def _seats(person: User) -> Any:
    live = waiting.with_ahead(places_of(person).filter(state__in=Enrollment.LIVE))
    return live.select_related("cohort__study", "person__profile")


def _places(person: User, seats: list[Enrollment], own: week.Week) -> list[Place]:
    paid = PaymentLine.objects.filter(enrollment__in=seats, payment__in=paid_by(person).filter(receipt__isnull=False))
    payments = dict(paid.values_list("enrollment", "payment__public_id"))
    return [
        Place(seat, own.posts.get(seat.pk, 0), own.groups.get(seat.pk), payments.get(seat.pk, "")) for seat in seats
    ]


def title(
    person: User, after: Session | None, held: list[Enrollment], todo: list[steps.Step], turn: Presentation | None
) -> str:
    """Return the one thing that matters now, in a sentence to the person."""
    name = {"name": person.name}
    if after and after.stage == "live":
        return _("%(name)s, your session is on now") % name
    if held:
        return _("%(name)s, your seat is waiting") % name
    if after and turn and turn.state == Presentation.State.READY and _is_today(after):
        return _("%(name)s, you present today") % name
    if after and after.stage == "soon":
        return _("%(name)s, your session starts at %(clock)s") % {**name, "clock": moments.clock(after.starts_at)}
    first = next((step for step in todo if not step.done), None)
    if first:
        return _("%(name)s, next: %(step)s") % {**name, "step": first.title}
    if after:
        return _("%(name)s, you meet next on %(day)s") % {**name, "day": moments.day(after.starts_at)}
    return _("%(name)s, welcome") % name


def _is_today(session: Session) -> bool:
    return moments.in_zone(session.starts_at).date() == timezone.localdate()


def _somewhere_to_sit() -> dict[str, Any]:
    """The next cohorts to join, and three posts to read until then."""
    posts = public_case_studies().filter(language=get_language())
    return {
        "cohorts": landing.next_cohorts(2),
        "posts": for_lists(posts).order_by("-indexed", "-published_at", "-pk")[:3],
    }

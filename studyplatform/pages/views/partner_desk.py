"""The partner's desk: each group's next session, its turns, its people."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohorts import turns
from cohorts.models import Enrollment, Membership, Partner, Presentation, Session, Subgroup
from cohorts.policies import reader, subgroups_led_by
from studyplatform.pages import week

STANDING = Presentation.objects.exclude(state="passed").select_related("enrollment__person__profile", "case_study")


@dataclass(frozen=True)
class Desk:
    """One group this week. `quiet` are members who have not presented; nobody but partner and host is told."""

    group: Subgroup
    members: list[Any]
    session: Session | None
    places: list[turns.Slot]

    @property
    def counts(self) -> dict[str, int]:
        """How many turns of the next session are ready, being written for, open."""
        states = [slot.turn.state if slot.turn else "open" for slot in self.places]
        return {state: states.count(state) for state in ("ready", "claimed", "open")}

    @property
    def quiet(self) -> list[Any]:
        """Members who have had no turn and have none coming."""
        return [place for place in self.members if not place.turn_count]


@require_safe
@login_required
def partner_desk(request: HttpRequest) -> HttpResponse:
    """My groups this week."""
    person = reader(request)
    groups = list(
        subgroups_led_by(person)
        .exclude(cohort__state__in=["finished", "called_off"])
        .prefetch_related(_members(), _coming())
        .order_by("cohort", "position")
    )
    context = {"desks": [_desk(group) for group in groups], "partner": Partner.objects.filter(person=person).first()}
    return render(request, "pages/partner.html", context)


def _desk(group: Any) -> Desk:
    session = group.coming[0] if group.coming else None
    if session:
        session.cohort, session.subgroup = group.cohort, group
    places = turns.slots(session, session.standing, None) if session else []
    return Desk(group, [row.enrollment for row in group.sitting], session, places)


def _members() -> Prefetch[str]:
    posts = Count("contributions", filter=Q(contributions__kind="post", contributions__voided_at=None), distinct=True)
    had = Count("presentations", filter=Q(presentations__state__in=turns.TAKEN), distinct=True)
    people = (
        Enrollment.objects.filter(state__in=Enrollment.BELONGS)
        .select_related("person__profile")
        .annotate(post_count=posts, turn_count=had)
    )
    inside = Membership.objects.filter(until=None, enrollment__state__in=Enrollment.BELONGS)
    sitting = inside.prefetch_related(Prefetch("enrollment", people)).order_by("since")
    return Prefetch("memberships", sitting, to_attr="sitting")


def _coming() -> Prefetch[str]:
    planned: QuerySet[Session] = week.coming(Session.objects.all())
    return Prefetch(
        "sessions", planned.prefetch_related(Prefetch("presentations", STANDING, to_attr="standing")), to_attr="coming"
    )

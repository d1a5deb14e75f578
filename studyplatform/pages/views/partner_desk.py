"""The partner's desk: each group's next session, its turns, its people."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cohorts import turns
from cohorts.models import Enrollment, Membership, Partner, Session, Subgroup
from cohorts.policies import passed_turns_seen_by, reader, subgroups_led_by
from studyplatform.accounts.models import User
from studyplatform.pages import week


@dataclass(frozen=True)
class Desk:
    """One group this week. `quiet` are members who have not presented; nobody but partner and host is told."""

    group: Subgroup
    members: list[Any]
    session: Session | None
    places: list[turns.Slot]
    passed: list[tuple[User, str]]

    @property
    def summary(self) -> str:
        """The turns of the next session in a sentence: "4 turns: 2 ready, 1 being written, 1 open"."""
        states = [slot.turn.state if slot.turn else "open" for slot in self.places]
        ready, writing, free = (states.count(state) for state in ("ready", "claimed", "open"))
        parts = (
            (ready, ngettext("%(n)s ready", "%(n)s ready", ready)),
            (writing, ngettext("%(n)s being written", "%(n)s being written", writing)),
            (free, ngettext("%(n)s open", "%(n)s open", free)),
        )
        turns = ngettext("%(n)s turn", "%(n)s turns", len(states)) % {"n": len(states)}
        return f"{turns}: {', '.join(words % {'n': n} for n, words in parts if n)}"

    @property
    def taken(self) -> list[turns.Slot]:
        """The places that are taken."""
        return [slot for slot in self.places if slot.turn]

    @property
    def quiet(self) -> list[Any]:
        """Members who have had no turn and have none coming."""
        return [place for place in self.members if not place.turn_count]


@require_safe
@login_required
def partner_desk(request: HttpRequest) -> HttpResponse:
    """My groups this week."""
    person = reader(request)
    groups: list[Any] = list(
        subgroups_led_by(person)
        .exclude(cohort__state__in=["finished", "called_off"])
        .prefetch_related(_members(), _coming())
        .order_by("cohort", "position")
    )
    coming = [group.coming[0] for group in groups if group.coming]
    passed = turns.passed_on(passed_turns_seen_by(person).filter(session__in=coming))
    context = {
        "desks": [_desk(group, passed) for group in groups],
        "partner": Partner.objects.filter(person=person).first(),
    }
    return render(request, "pages/partner.html", context)


def _desk(group: Any, passed: dict[int, list[tuple[User, str]]]) -> Desk:
    session = group.coming[0] if group.coming else None
    if session:
        session.cohort, session.subgroup = group.cohort, group
    places = turns.slots(session, session.standing, None) if session else []
    return Desk(
        group, [row.enrollment for row in group.sitting], session, places, passed.get(session.pk, []) if session else []
    )


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
        "sessions",
        planned.prefetch_related(Prefetch("presentations", week.standing(), to_attr="standing")),
        to_attr="coming",
    )

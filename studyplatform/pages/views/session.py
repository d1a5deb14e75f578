"""One session: when in the reader's time, the way in, the run sheet, whose turns with which case studies."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohorts import faces, thanked, turns
from cohorts.models import Enrollment, Session
from cohorts.policies import enrollment_of, get_session, passed_turns_seen_by, reader, runs, studies_run_by
from cohorts.services.presentations import belongs_in
from studyplatform.kit import moments
from studyplatform.pages import week
from studyplatform.pages.steps import write_address


@require_safe
@login_required
def session(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """A session the reader may see; another subgroup's is not found."""
    found = get_session(request, slug, number, public_id)
    mine = enrollment_of(request.user, found.cohort)
    places = turns.slots(found, week.standing().filter(session=found), mine)
    thanked.under_turns(reader(request), found, [place.turn for place in places if place.turn])
    passed = turns.passed_on(passed_turns_seen_by(request.user).filter(session=found))
    context = {
        "cohort": found.cohort,
        "session": found,
        "mine": mine,
        "prepares": runs(request.user, found),
        "hosts": studies_run_by(request.user).filter(pk=found.cohort.study_id).exists(),
        "places": places,
        "passed": passed.get(found.pk, []),
        "runners": _runners(found),
        "clock_moves_to": clock_moves_to(found),
        **_turn_context(found, places, mine),
    }
    return render(request, "pages/session.html", context)


def _turn_context(session: Session, places: list[turns.Slot], mine: Enrollment | None) -> dict[str, Any]:
    own = next((place.turn for place in places if place.mine), None)
    open_to_me = turns.can_take(session, places, mine, bool(mine) and belongs_in(mine, session)) if mine else False
    return {
        "own": own,
        "own_late": any(place.mine and place.late for place in places),
        "write": write_address(own, getattr(own, "case_study", None)) if own else "",
        "can_take": open_to_me,
        "goes_first": open_to_me and turns.goes_first(mine),
        "next_free": next((place.position for place in places if place.turn is None), 0),
        "shown": [place for place in places if place.turn and place.turn.state not in ("claimed", "missed")],
    }


def _runners(session: Session) -> list[faces.Runner]:
    """Hosts, and partners: a subgroup's own, or everybody's for a session of the whole cohort."""
    everyone = faces.runners(session.cohort)
    if session.subgroup is None:
        return everyone
    return [runner for runner in everyone if runner.hosts or session.subgroup.topic in runner.topics]


def clock_moves_to(session: Session) -> Session | None:
    """Return the next session of the series when it starts at another hour on the reader's clock."""
    series = Session.objects.filter(cohort=session.cohort_id, subgroup=session.subgroup_id, state="planned")
    after = series.filter(starts_at__gt=session.starts_at).order_by("starts_at").first()
    if after is None or moments.clock(after.starts_at) == moments.clock(session.starts_at):
        return None
    own_zone_stays = moments.clock(after.starts_at, session.cohort.zone) == moments.clock(
        session.starts_at, session.cohort.zone
    )
    return after if own_zone_stays else None

"""The cohort's space: this week, my next step, my subgroup, who is new, what was written."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts import clock, faces
from cohorts.models import Cohort, Enrollment, Session, Subgroup
from cohorts.policies import (
    enrollment_of,
    enrollments_in,
    get_space,
    joinable_now,
    public_cohorts,
    reader,
    sessions_of,
    subgroups_led_by,
)
from cohorts.services import attendance
from showcase.policies import case_studies_in
from showcase.reading import for_lists
from studyplatform.kit import moments
from studyplatform.pages import steps, week

NEW_PEOPLE = 6
NEW_POSTS = 6


@require_safe
@login_required
def space(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """This week in a cohort the reader may enter; a stranger to a public one is shown the way in."""
    cohort = get_space(request, slug, number)
    mine = enrollment_of(request.user, cohort)
    own_week = week.of(reader(request), [mine] if mine else [], sessions_of(request.user).filter(cohort=cohort))
    stands = stage(cohort, own_week.sessions)
    if stands == "over":
        own_week.sessions = []
    if mine:
        mine.cohort = cohort
    todo = steps.steps(mine, own_week)[:3] if mine else []
    context = {
        "cohort": cohort,
        "mine": mine,
        "company_sees": attendance.is_shown(mine),
        "title": title(cohort, stands),
        "stage": stands,
        "member_count": enrollments_in(cohort).count(),
        "steps": todo,
        "lead": next((step for step in todo if not step.done), None),
        "posts_written": own_week.posts.get(mine.pk, 0) if mine else 0,
        "people": enrollments_in(cohort).order_by("-joined_at", "-pk")[:NEW_PEOPLE],
        "posts": for_lists(case_studies_in(cohort))[:NEW_POSTS],
        "runners": faces.runners(cohort),
        "has_groups": cohort.subgroups.exists(),
        "again": _again(cohort) if stands == "over" else None,
        **_sessions(own_week),
        **_group(request, cohort, mine, own_week),
    }
    return render(request, "pages/space.html", context)


def stage(cohort: Cohort, coming: list[Session]) -> str:
    """Return "over", "before" (no session has begun) or "running"."""
    if cohort.state in Cohort.OVER:
        return "over"
    begun = cohort.sessions.filter(starts_at__lte=timezone.now()).exists()
    if begun and not coming and cohort.state != Cohort.State.DRAFT:
        return "over"
    return "running" if begun else "before"


def _again(cohort: Cohort) -> Cohort | None:
    """The study's next cohort that can be joined."""
    others = public_cohorts().filter(joinable_now(), study=cohort.study_id)
    return others.exclude(pk=cohort.pk).order_by("starts_on").first()


def title(cohort: Cohort, stage: str) -> str:
    """Return where the cohort stands in a few words."""
    if cohort.state == Cohort.State.CALLED_OFF:
        return _("This cohort was called off")
    if stage == "over":
        return _("What stays of %(run)s") % {"run": cohort.run_name}
    if stage == "before":
        return _("It begins on %(day)s") % {"day": moments.day(cohort.starts_on)}
    return _("Week %(week)s of %(weeks)s") % {"week": clock.week_of(cohort), "weeks": cohort.weeks}


def _sessions(own: week.Week) -> dict[str, Any]:
    """The next session of the whole cohort, and the next of a subgroup, soonest first, with the reader's turns."""
    whole = next((row for row in own.sessions if row.subgroup_id is None), None)
    group = next((row for row in own.sessions if row.subgroup_id is not None), None)
    both = sorted((row for row in (whole, group) if row), key=lambda row: row.starts_at)
    return {
        "next": both[0] if both else None,
        "then": both[1] if len(both) > 1 else None,
        "next_turn": own.turn_in(both[0]) if both else None,
        "presenters": list(week.standing().filter(session=both[0])) if both else [],
    }


def _group(request: HttpRequest, cohort: Cohort, mine: Enrollment | None, own: week.Week) -> dict[str, Any]:
    """The reader's subgroup with its partner; for a partner, the one they lead."""
    group: Subgroup | None = own.groups.get(mine.pk) if mine else None
    if group is None and mine is None:
        group = subgroups_led_by(request.user).filter(cohort=cohort).first()
    return {
        "group": group,
        "group_partner": faces.partner_of(group),
        "group_next_at": clock.next_meeting(group, cohort.tz) if group else None,
    }

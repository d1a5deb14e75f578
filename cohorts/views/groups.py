"""Subgroups: topic, time, partner, seats; choosing one's own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cohorts import clock, faces
from cohorts.models import Cohort, Enrollment, Subgroup
from cohorts.policies import cohorts_run_by, enrollment_of, get_space, reader, subgroup_of, subgroups_led_by
from cohorts.services import memberships
from studyplatform.kit.errors import Refused


@require_safe
@login_required
def groups(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """All subgroups; who belongs to one sees its chat room."""
    cohort = get_space(request, slug, number)
    mine = enrollment_of(request.user, cohort)
    own = subgroup_of(mine)
    context = {
        "cohort": cohort,
        "mine": mine,
        "own": own,
        "groups": _rows(cohort, _inside(request, cohort, own)),
        "can_choose": _can_choose(cohort, mine, own),
    }
    return render(request, "cohorts/groups.html", context)


def _rows(cohort: Cohort, inside: set[int] | None) -> list[Subgroup]:
    rows = faces.with_partners(list(cohort.subgroups.select_related("cohort")))
    for row in rows:
        row.next_at = clock.next_meeting(row, cohort.tz)  # type: ignore[attr-defined]
        row.inside = inside is None or row.pk in inside  # type: ignore[attr-defined]
    return rows


def _inside(request: HttpRequest, cohort: Cohort, own: Subgroup | None) -> set[int] | None:
    """Return the subgroups whose chat room the reader may see; None for hosts, who see every one."""
    if cohorts_run_by(request.user).filter(pk=cohort.pk).exists():
        return None
    led = subgroups_led_by(request.user).filter(cohort=cohort).values_list("pk", flat=True)
    return {*led, *([own.pk] if own else [])}


def _can_choose(cohort: Cohort, mine: Enrollment | None, own: Subgroup | None) -> bool:
    running = cohort.state in Cohort.RUNNING
    return bool(mine) and running and (own is None or not memberships.has_begun(cohort))


@require_POST
@login_required
def group_choose(request: HttpRequest, slug: str, number: int, position: int) -> HttpResponse:
    """Take a seat in a subgroup, out of the one the reader is in."""
    cohort = get_space(request, slug, number)
    subgroup = get_object_or_404(cohort.subgroups, position=position)
    try:
        memberships.choose(reader(request), subgroup)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("groups", slug, number)
    messages.success(request, _("You are in “%(topic)s”.") % {"topic": subgroup.topic})
    return redirect("space", slug, number)

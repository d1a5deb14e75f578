"""A cohort run again: the draft made of it, what was copied, what to look at before it opens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cohorts import agreed, presale
from cohorts.models import Cohort, Session
from cohorts.models.terms import PER_CENT
from cohorts.policies import cohorts_run_by, get_run_cohort, reader
from cohorts.services import copies, readiness
from cohorts.standing import with_standing
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited


@login_required
@require_POST
def again(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Draft the next run of a cohort and go to it."""
    try:
        copy = copies.run_again(reader(request), get_run_cohort(request, slug, number))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("studio_cohort", slug, number)
    return redirect("studio_copy", slug, copy.number)


@login_required
@require_safe
def copy(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What a draft took over from the cohort before, and what to look at; once it is open there is nothing to say."""
    drafts = cohorts_run_by(request.user).filter(copied_from__isnull=False).select_related("copied_from__study")
    found: Any = get_object_or_404(with_standing(drafts.filter(study__slug=slug)), number=number)
    if found.state != Cohort.State.DRAFT:
        return redirect("studio_cohort", slug, number)
    before = with_standing(Cohort.objects.filter(pk=found.copied_from_id)).get()
    asked = copies.partners_of(found)
    context = {
        "cohort": found,
        "before": before,
        "study": found.study,
        "here": "overview",
        "weeks": _weeks(before, found),
        "asked": asked,
        "to_ask": [one for one in asked if one.can_be_asked],
        "share": agreed.standing(found).partner_share // PER_CENT,
        "share_before": agreed.standing(before).partner_share // PER_CENT,
        "first": presale.windows(found),
        "first_before": presale.windows(before),
        "missing": readiness.missing(found),
        "chat_rooms": before.subgroups.exclude(chat_link="").exists(),
        **_sessions(before),
    }
    return render(request, "studio/copy.html", context)


def _weeks(before: Cohort, copy: Cohort) -> int:
    """By how many whole weeks it comes later; 0 once the host chose another weekday or hour."""
    weeks, days = divmod((copy.starts_on - before.starts_on).days, 7)
    return 0 if days or copy.meets_at != before.meets_at or copy.zone != before.zone else weeks


def _sessions(before: Cohort) -> dict[str, Any]:
    """How many sessions bring their words along, and which were moved or cancelled one by one."""
    rows = list(before.sessions.select_related("subgroup").order_by("starts_at", "pk"))
    return {
        "told": sum(bool(row.title or row.run_sheet) for row in rows),
        "moved": [row for row in rows if row.sequence and row.state == Session.State.PLANNED],
        "cancelled": [row for row in rows if row.state == Session.State.CANCELLED],
    }


@login_required
@require_POST
@limited("letters", 30)
def ask_partners(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Name the partners of last time for their subgroups again."""
    cohort = get_run_cohort(request, slug, number)
    try:
        count = copies.ask_partners(reader(request), cohort)
        words = ngettext("%(n)s partner has the letter.", "%(n)s partners have the letter.", count) % {"n": count}
        messages.success(request, words if count else _("Nobody is left to ask."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("studio_copy" if cohort.copied_from_id else "studio_groups", slug, number)

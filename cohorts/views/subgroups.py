"""The subgroups of a cohort, as its host arranges them."""

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cohorts.forms.refusal import attempt
from cohorts.forms.subgroups import SubgroupForm, initial_of
from cohorts.models import Cohort, Leadership, PartnerInvitation, Subgroup
from cohorts.policies import get_run_cohort, get_run_subgroup, reader
from cohorts.services import leaderships, subgroups
from studyplatform.kit.errors import Refused


@login_required
def groups(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """List the subgroups with who leads them, and add one or several alike."""
    cohort = get_run_cohort(request, slug, number)
    form = SubgroupForm(request.POST or None, initial=_like_the_last(cohort))
    added = attempt(form, subgroups.add, reader(request), cohort) if request.method == "POST" else None
    if added:
        count = len(added)
        messages.success(
            request, ngettext("%(count)s group added.", "%(count)s groups added.", count) % {"count": count}
        )
        return redirect("studio_groups", slug, number)
    context = {"form": form, "cohort": cohort, "study": cohort.study, "here": "groups", **_arranged(cohort)}
    return render(request, "studio/groups.html", context)


def _arranged(cohort: Cohort) -> dict[str, Any]:
    rows = list(cohort.subgroups.all())
    now = timezone.now()
    leads = Leadership.objects.filter(
        subgroup__cohort=cohort, kind=Leadership.Kind.LEAD, period__contains=now
    ).select_related("partner__person__profile")
    by_group = {lead.subgroup_id: lead.partner.person for lead in leads}
    asked = {one.subgroup_id: one for one in _unanswered(cohort)}
    arranged = [(row, by_group.get(row.pk), asked.get(row.pk)) for row in rows]
    return {"groups": arranged, "places": sum(row.capacity for row in rows), "seats": cohort.seats.capacity}


def _unanswered(cohort: Cohort) -> QuerySet[PartnerInvitation]:
    """The last question about each group, unless it was answered with yes or taken back."""
    last = (
        PartnerInvitation.objects.filter(subgroup__cohort=cohort).order_by("subgroup_id", "-pk").distinct("subgroup_id")
    )
    return PartnerInvitation.objects.filter(pk__in=last.values("pk"), state__in=["pending", "declined"])


def _like_the_last(cohort: Cohort) -> dict[str, Any]:
    """The next group starts from the last one's time and size; the first from the cohort's."""
    last = cohort.subgroups.last()
    if last:
        names = ("weekday", "meets_at", "minutes", "capacity")
        return {name: value for name, value in initial_of(last).items() if name in names}
    day = cohort.starts_on + datetime.timedelta(days=2)
    return {
        "weekday": day.weekday(),
        "meets_at": cohort.meets_at,
        "minutes": 60,
        "capacity": min(12, cohort.seats.capacity),
    }


@login_required
def group(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Change a subgroup, its links, its partner."""
    row = get_run_subgroup(request, slug, number, pk)
    asked = _unanswered(row.cohort).filter(subgroup=row).first()
    initial = {"partner_email": _whose(row, asked)}
    form = SubgroupForm(request.POST or None, subgroup=row, initial=initial)
    saved = attempt(form, subgroups.change, reader(request), row) if request.method == "POST" else None
    if saved:
        messages.success(request, _("Saved."))
        return redirect("studio_groups", slug, number)
    context = {
        "form": form,
        "group": row,
        "lead": leaderships.lead_of(row),
        "asked": asked,
        "cohort": row.cohort,
        "study": row.cohort.study,
        "here": "groups",
    }
    return render(request, "studio/group.html", context)


def _whose(group: Subgroup, asked: PartnerInvitation | None) -> str:
    """The address in the form: whoever is asked and can still answer, else who leads."""
    lead = leaderships.lead_of(group)
    return asked.email if asked and asked.is_open else lead.partner.person.email if lead else ""


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponse:
    """Remove a subgroup nobody has been in."""
    row = get_run_subgroup(request, slug, number, pk)
    try:
        subgroups.remove(reader(request), row)
        messages.success(request, _("The group is removed."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("studio_groups", slug, number)

"""How a cohort sells seats to companies, and who asked or bought: for its hosts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.forms.refusal import attempt
from cohorts.forms.seat_groups import GroupPlanForm
from cohorts.models import Cohort, GroupPlan
from cohorts.models.terms import PER_CENT
from cohorts.policies import get_run_cohort, reader
from cohorts.services import seat_groups

PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def studio_seat_groups(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Switch it on or off, say what comes off, see every quote and its seats. Only hosts: to others it is not there."""
    cohort = get_run_cohort(request, slug, number)
    plan = seat_groups.plan_of(cohort)
    form = GroupPlanForm(request.POST or None, initial=_initial(plan))
    saved = attempt(form, seat_groups.save_plan, reader(request), cohort) if request.method == "POST" else None
    if saved:
        messages.success(request, _("Saved."))
        return redirect("studio_seat_groups", slug, number)
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "plan": plan,
        "form": form,
        "page": Paginator(_groups(cohort), PAGE).get_page(request.GET.get("page")),
        "here": "companies",
    }
    return render(request, "studio/seat_groups.html", context, status=422 if form.errors else 200)


def _groups(cohort: Cohort) -> QuerySet[Any]:
    return seat_groups.counted(cohort.groups_of_seats.select_related("buyer__profile")).order_by("-pk")


def _initial(plan: GroupPlan | None) -> dict[str, Any]:
    if not plan:
        return {"on": False, "reduction": 0, "reduction_from": 5, "quote_days": 14, "invoice_days": 0}
    same = ("on", "reduction_from", "quote_days", "invoice_days")
    return {**{name: getattr(plan, name) for name in same}, "reduction": plan.reduction // PER_CENT}

"""How a cohort takes deposits, and whose are awaited: for its hosts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.forms.refusal import attempt
from cohorts.models.terms import PER_CENT
from cohorts.policies import get_run_cohort, reader
from payments.forms.deposit import PlanForm
from payments.models import DepositPlan
from payments.services import deposit_plans


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def studio_deposits(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Switch deposits on or off, name the account, see who is to pay. Only hosts: to all others it is not there."""
    cohort = get_run_cohort(request, slug, number)
    plan = deposit_plans.plan_of(cohort)
    form = PlanForm(request.POST or None, known=bool(plan), initial=_initial(plan))
    saved = attempt(form, deposit_plans.save, reader(request), cohort) if request.method == "POST" else None
    if saved:
        messages.success(request, _("Saved."))
        return redirect("studio_deposits", slug, number)
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "plan": plan,
        "form": form,
        "takes": cohort.currency == deposit_plans.CURRENCY,
        "most": deposit_plans.most(plan) if plan else 0,
        "awaited": list(deposit_plans.awaited(cohort)) if plan else [],
        "here": "deposits",
    }
    return render(request, "payments/deposits/plan.html", context, status=422 if form.errors else 200)


def _initial(plan: DepositPlan | None) -> dict[str, Any]:
    if not plan:
        return {"on": False, "hours": 24, "share": 30}
    names = {"bank": plan.account.bank, "holder": plan.account.holder}
    return {**names, "on": plan.on, "hours": plan.hours, "share": plan.share // PER_CENT}

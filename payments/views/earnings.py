"""What a host or a partner earns."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohorts import worth
from cohorts.policies import reader
from payments.policies import payee_of
from payments.services import company_vat, deposit_plans, disputed, earnings, payouts, statements
from payments.views.payees import STUDIO


@require_safe
@login_required
def earned(request: HttpRequest, base: str) -> HttpResponse:
    """Expected, released, paid: for hosts and partners alike, each under the header they came from."""
    person, known = reader(request), payee_of(request.user)
    context = {
        "earnings": earnings.of(person, known),
        "deals": worth.deals_led_by(person),
        "payee": known,
        "months": statements.months(person),
        "disputes": disputed.of(person),
        "next_run": payouts.next_run(),
        "base": base,
        "asked_for_business": base == STUDIO and company_vat.is_asked_of(person, known),
        "deposits": list(deposit_plans.plans_of(person)) if base == STUDIO else [],
    }
    return render(request, "payments/earnings.html", context)

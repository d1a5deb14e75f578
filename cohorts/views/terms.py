"""What one partner of a cohort gets: the host looks at it, words it anew, sees what it comes to, and agrees."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cohorts import agreed
from cohorts.forms.refusal import attempt
from cohorts.forms.terms import TermsForm, initial_of
from cohorts.models import Cohort, Partner
from cohorts.policies import get_run_cohort, get_run_partner, reader
from cohorts.services.terms import agree_with
from cohorts.worth import Scale, deal_in, deal_of, scales_of


@login_required
def terms(request: HttpRequest, slug: str, number: int, handle: str) -> HttpResponse:
    """Show a partner's terms; what is typed is shown worked out first, and agreed on when it is sent again."""
    cohort = get_run_cohort(request, slug, number)
    partner = get_run_partner(request, cohort, handle)
    standing = agreed.standing(cohort, partner)
    form = TermsForm(request.POST or None, currency=cohort.currency, initial=initial_of(standing, cohort.currency))
    agreed_on = attempt(form, agree_with, reader(request), cohort, partner) if "sure" in request.POST else None
    if agreed_on:
        messages.success(request, _("Agreed. %(name)s is told by letter.") % {"name": partner.person.name})
        return redirect("studio_terms", slug, number, handle)
    scale = scales_of(partner, [cohort])[cohort.pk]
    asked = deal_in(cohort, scale, **form.plan()) if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "asked": asked,
        "beyond": asked.beyond(cohort.terms.latest("version").platform_share) if asked else "",
        "standing": standing,
        "now": deal_of(standing, scale),
        **_facts(cohort, partner, scale),
    }
    return render(request, "studio/terms.html", context, status=422 if form.errors else 200)


def _facts(cohort: Cohort, partner: Partner, scale: Scale) -> dict[str, Any]:
    versions = cohort.terms.filter(partner=partner).order_by("-version").select_related("cohort")
    return {
        "cohort": cohort,
        "study": cohort.study,
        "partner": partner,
        "here": "groups",
        "versions": [(one, deal_of(one, scale)) for one in versions[:20]],
        "over": cohort.state in Cohort.OVER,
        "is_payee": partner.person_id == cohort.study.payee_id,
    }

"""Asking to be a partner; the same page says how it stands."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cohorts.forms.partners import PartnerApplicationForm
from cohorts.forms.refusal import attempt
from cohorts.models import Partner, PartnerApplication
from cohorts.policies import reader
from cohorts.services import partner_applications
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def partner_apply(request: HttpRequest) -> HttpResponse:
    """Ask to lead subgroups; afterwards, what was asked and what became of it."""
    person = reader(request)
    partner = Partner.objects.filter(person=person).first()
    may_ask = not partner or partner.state in partner_applications.AGAIN
    form = PartnerApplicationForm(request.POST or None, initial=_started(person)) if may_ask else None
    if form and request.method == "POST" and attempt(form, partner_applications.apply, person):
        messages.success(request, _("We have what you wrote, and write back to you."))
        return redirect("partner_apply")
    context = {
        "form": form,
        "partner": partner,
        "asked": PartnerApplication.objects.filter(partner=partner).order_by("-at").first() if partner else None,
        "reason": _reason(partner) if partner else "",
    }
    return render(request, "cohorts/partner_apply.html", context, status=422 if form and form.errors else 200)


def _started(person: User) -> dict[str, str]:
    """The form begins with what the profile says."""
    profile = getattr(person, "profile", None)
    return {"field": profile.field, "words": profile.about} if profile else {}


def _reason(partner: Partner) -> str:
    """Why they were declined, paused or ended, as their letter said."""
    moves = Change.objects.filter(subject_type=partner._meta.label_lower, subject_id=str(partner.pk))
    last = moves.filter(to_state=partner.state).exclude(from_state=partner.state).order_by("-pk").first()
    told = (Partner.State.DECLINED, Partner.State.PAUSED, Partner.State.ENDED)
    return last.note if last and partner.state in told else ""


@require_POST
@login_required
def partner_withdraw(request: HttpRequest) -> HttpResponse:
    """Take one's question back."""
    try:
        partner_applications.withdraw(reader(request))
        messages.success(request, _("It is taken back. You can ask again whenever you like."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("partner_apply")

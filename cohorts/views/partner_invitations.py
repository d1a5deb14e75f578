"""An invitation to lead a subgroup, opened by the token its letter carries; answered once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts import agreed
from cohorts.forms.partners import InvitationForm
from cohorts.forms.refusal import attempt
from cohorts.models import PartnerInvitation
from cohorts.policies import invitations_by_token
from cohorts.services import partner_invitations
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def partner_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who asks, for which group, what it pays; yes needs an account, no does not."""
    invitation = get_object_or_404(invitations_by_token(), token=token)
    person = request.user if isinstance(request.user, User) else None
    if request.method == "POST" and request.POST.get("answer") == "no":
        return _no(request, invitation, person)
    if request.method == "POST" and not person:
        return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
    form = InvitationForm(request.POST or None)
    if person and request.method == "POST" and attempt(form, partner_invitations.accept, person, invitation):
        messages.success(request, _("You lead “%(topic)s” now.") % {"topic": invitation.subgroup.topic})
        return redirect("partner_desk")
    cohort = invitation.subgroup.cohort
    share = agreed.standing(cohort).partner_part
    context = {"invitation": invitation, "group": invitation.subgroup, "cohort": cohort, "share": share, "form": form}
    return render(request, "cohorts/partner_invitation.html", context, status=422 if form.errors else 200)


def _no(request: HttpRequest, invitation: PartnerInvitation, person: User | None) -> HttpResponse:
    try:
        partner_invitations.decline(invitation, person)
        messages.success(request, _("Thank you for answering. Your no is passed on."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.path)

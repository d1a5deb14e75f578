"""What a host or a partner earns, and where it is paid to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts.policies import reader, studies_run_by
from payments.forms.payee import PayeeForm
from payments.models import Payee
from payments.services import earnings, payees, payouts

STUDIO, MEMBER = "base_studio.html", "base_member.html"


@require_safe
@login_required
def earned(request: HttpRequest, base: str) -> HttpResponse:
    """Expected, released, paid: for hosts and partners alike, each under the header they came from."""
    person, known = reader(request), Payee.objects.filter(person=request.user.pk).first()
    context = {"earnings": earnings.of(person, known), "payee": known, "next_run": payouts.next_run(), "base": base}
    return render(request, "payments/earnings.html", context)


@login_required
def payee(request: HttpRequest) -> HttpResponse:
    """The person's own bank account; a host's stands in the studio, a partner's among their own pages."""
    base, back = (STUDIO, "earnings") if studies_run_by(request.user).exists() else (MEMBER, "partner_earnings")
    known = Payee.objects.filter(person=request.user.pk).first()
    initial = {"bank": known.bank, "holder": known.holder, "currency": known.currency} if known else {"currency": "KRW"}
    form = PayeeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        payees.save(reader(request), **form.cleaned_data)
        messages.success(request, _("Saved. Your next payout goes there."))
        return redirect(back)
    context = {"form": form, "payee": known, "minimums": payouts.minimums(), "base": base, "earnings": back}
    return render(request, "payments/payee.html", context, status=422 if form.errors else 200)

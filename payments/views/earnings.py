"""What a host or a partner earns, and where it is paid to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts.policies import reader
from payments.forms.payee import PayeeForm
from payments.models import Payee
from payments.services import earnings, payees, payouts


@require_safe
@login_required
def earned(request: HttpRequest) -> HttpResponse:
    """Expected, released, paid: for hosts and partners alike."""
    person, known = reader(request), Payee.objects.filter(person=request.user.pk).first()
    context = {"earnings": earnings.of(person, known), "payee": known, "next_run": payouts.next_run()}
    return render(request, "payments/earnings.html", context)


@login_required
def payee(request: HttpRequest) -> HttpResponse:
    """The person's own bank account."""
    known = Payee.objects.filter(person=request.user.pk).first()
    initial = {"bank": known.bank, "holder": known.holder, "currency": known.currency} if known else {"currency": "KRW"}
    form = PayeeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        payees.save(reader(request), **form.cleaned_data)
        messages.success(request, _("Saved. Your next payout goes there."))
        return redirect("earnings")
    context = {"form": form, "payee": known, "minimums": payouts.minimums()}
    return render(request, "payments/payee.html", context, status=422 if form.errors else 200)

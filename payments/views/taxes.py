"""How somebody in Korea is taxed: as a person or a business, their number when a payout is due, the tax of a year."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from cohorts.policies import reader
from payments.forms.taxes import ResidentForm, TaxForm
from payments.models import Payee, Taxpayer
from payments.policies import payee_of
from payments.services import payouts, tax_files, taxes
from payments.views.payees import place


@login_required
@never_cache
def payee_tax(request: HttpRequest) -> HttpResponse:
    """As a person or as a business; for whoever is paid to a Korean bank account."""
    known = payee_of(request.user)
    if not known or not taxes.in_korea(known):
        return redirect("payee")
    taxpayer = taxes.taxpayer(known)
    form = TaxForm(request.POST or None, initial=_chosen(taxpayer))
    if request.method == "POST" and form.is_valid():
        _choose(request, form.cleaned_data)
        messages.success(request, _("Saved. It holds for your next payout."))
        return redirect("payee_tax")
    context = {"form": form, "taxpayer": taxpayer, "due": _due(known), "years": tax_files.years(known)}
    return _page(request, "tax", context, wrong=bool(form.errors))


def _chosen(taxpayer: Taxpayer) -> dict[str, Any]:
    return {name: getattr(taxpayer, name) for name in ("kind", "business_number", "business_name", "pays_vat")}


def _choose(request: HttpRequest, said: dict[str, Any]) -> None:
    if said["kind"] == Taxpayer.Kind.PERSON:
        taxes.as_person(reader(request))
        return
    number, name = said["business_number"], said["business_name"]
    taxes.as_business(reader(request), number=number, name=name, pays_vat=said["pays_vat"])


def _due(payee: Payee) -> bool:
    """Whether a payout waits for nothing but the number: only then is it asked for."""
    enough = payouts.available(payee.person_id, payee.currency) >= payouts.MINIMUM[payee.currency]
    return payee.enabled and enough and taxes.lacks_number(payee)


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, wrong: bool = False) -> HttpResponse:
    base, earnings = place(request)
    shown = {"base": base, "earnings": earnings, **context}
    return render(request, f"payments/payee/{name}.html", shown, status=422 if wrong else 200)


@login_required
@never_cache
@sensitive_post_parameters("number")
def payee_resident(request: HttpRequest) -> HttpResponse:
    """The number the tax office asks for, while a payout waits for it; at any other time nobody is asked."""
    known = payee_of(request.user)
    if not known or not _due(known):
        return redirect("payee_tax")
    form = ResidentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        taxes.name_resident(reader(request), form.cleaned_data["number"])
        messages.success(request, _("Saved. The next run pays you."))
        return redirect(place(request)[1])
    return _page(request, "resident", {"form": form}, wrong=bool(form.errors))


@require_safe
@login_required
@never_cache
def tax_statement(request: HttpRequest, year: int) -> HttpResponse:
    """What a person was paid in a year and what was withheld of it, and what a business has to send invoices for."""
    known = payee_of(request.user)
    if not known or not taxes.in_korea(known):
        return redirect("payee")
    context = {
        "year": year,
        "taxpayer": taxes.taxpayer(known),
        "withheld": tax_files.withheld_from(known, year),
        "invoiced": tax_files.invoiced_by(known, year),
    }
    return _page(request, "tax_statement", context)

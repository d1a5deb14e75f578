"""Where a person is paid to: the country first, then the ways it offers, then the bank account or Stripe's page."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts.policies import reader, studies_run_by
from payments import rails
from payments.flows import onboarding
from payments.forms.payee import CountryForm, PayeeForm
from payments.gateway import Trouble
from payments.models import Payee
from payments.policies import payee_of
from payments.services import payees, payouts, taxes
from studyplatform.kit import money
from studyplatform.kit.errors import Refused

STUDIO, MEMBER = "base_studio.html", "base_member.html"


@login_required
def payee(request: HttpRequest) -> HttpResponse:
    """The person's own way to be paid; a host's stands in the studio, a partner's among their own pages."""
    known = _known(request)
    if request.method == "POST":
        return _save(request, known)
    asked = CountryForm(request.GET) if "country" in request.GET else None
    country = asked.cleaned_data["country"] if asked and asked.is_valid() else ""
    return _page(request, known, country, asked=asked)


def _known(request: HttpRequest) -> Payee | None:
    return payee_of(request.user)


def _save(request: HttpRequest, known: Payee | None) -> HttpResponse:
    country = request.POST.get("country", "")[:2]
    way = rails.way(country, Payee.Rail.BANK_FILE)
    if not way:
        return redirect(f"{reverse('payee')}?country={country}")
    form = PayeeForm(request.POST, way=way)
    if not form.is_valid():
        return _page(request, known, country, form=form)
    payees.save(reader(request), **form.cleaned_data)
    messages.success(request, _("Saved. Your next payout goes there."))
    return redirect(place(request)[1])


def place(request: HttpRequest) -> tuple[str, str]:
    """Return the header money stands under and where all of it is: a host's studio, else a partner's pages."""
    return (STUDIO, "earnings") if studies_run_by(request.user).exists() else (MEMBER, "partner_earnings")


def _page(
    request: HttpRequest, known: Payee | None, country: str, *, asked: CountryForm | None = None, form: Any = None
) -> HttpResponse:
    base, back = place(request)
    bank = rails.way(country, Payee.Rail.BANK_FILE) if country else None
    context = {
        "payee": known,
        "taxpayer": taxes.taxpayer(known) if known and taxes.in_korea(known) else None,
        "country": country,
        "country_name": dict(rails.countries()).get(country, ""),
        "country_form": asked if asked and asked.errors else CountryForm(initial={"country": _guess(request, known)}),
        "form": form or (PayeeForm(initial=_initial(known, country), way=bank) if bank else None),
        "stripe": rails.way(country, Payee.Rail.STRIPE) if country else None,
        "minimums": payouts.minimums(_currencies(known, country)),
        "base": base,
        "earnings": back,
    }
    wrong = (form and form.errors) or (asked and asked.errors)
    return render(request, "payments/payee.html", context, status=422 if wrong else 200)


def _currencies(known: Payee | None, country: str) -> Collection[str]:
    """What somebody could be paid in: in the country chosen, else as they are paid now, else anything."""
    if country:
        return {currency for way in rails.offered(country) for currency in way.currencies}
    return [known.currency] if known else money.CURRENCIES


def _guess(request: HttpRequest, known: Payee | None) -> str:
    """Where the person said they are paid, else where their clock is."""
    return known.country if known else rails.country_of(reader(request).time_zone)


def _initial(known: Payee | None, country: str) -> dict[str, str]:
    typed = {"bank": known.bank, "holder": known.holder, "currency": known.currency} if known else {}
    return {**typed, "country": country}


@login_required
def payee_stripe(request: HttpRequest) -> HttpResponse:
    """To Stripe's page: chosen with its country, or come back to with an address that was used or too old."""
    known = _known(request)
    try:
        if request.method == "POST":
            return HttpResponseRedirect(onboarding.begin(reader(request), request.POST.get("country", "")), status=303)
        if known and known.rail == Payee.Rail.STRIPE and known.stripe_account:
            return HttpResponseRedirect(onboarding.page(known), status=303)
    except Refused as refusal:
        messages.error(request, str(refusal))
    except Trouble:
        messages.error(request, _("Stripe does not answer at the moment. Nothing is lost; try again in a minute."))
    return redirect("payee")


@require_safe
@login_required
def payee_return(request: HttpRequest) -> HttpResponse:
    """Back from Stripe's page: what it says now, not what the way back looks like."""
    known = _known(request)
    try:
        known = onboarding.look(known) if known else None
    except Trouble:
        messages.warning(request, _("Stripe does not answer at the moment. We ask again by ourselves."))
    if known and known.enabled:
        messages.success(request, _("Done. Your next payout goes to your Stripe account."))
    return redirect("payee")

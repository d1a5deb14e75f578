"""A company gives seats back: chosen, what comes back and how it is worked out, then the deed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.models import SeatGroup
from cohorts.policies import get_seat_group, reader
from payments.forms.deposit import AccountForm
from payments.forms.seat_group import SeatsBackForm
from payments.services import group_returns
from studyplatform.kit import language, money
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("seat_group", 20)
def seat_group_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose seats, see what comes back, confirm. Only who bought them: to all others they are not there."""
    group = get_seat_group(request, public_id)
    if not group_returns.offered(group):
        return redirect(group)
    language.activate(request, group.language)  # as on the company's page
    offer = group_returns.quote(group)
    form = SeatsBackForm(request.POST or None, there=[one.place.public_id for one in offer.seats])
    if request.method != "POST" or not form.is_valid():
        return _choose(request, group, form, offer)
    try:
        return _give(request, group, form) if "sure" in request.POST else _preview(request, group, form, AccountForm())
    except Refused as refused:
        if refused.code == "account":
            return _preview(request, group, form, AccountForm(request.POST))
        form.add_error("seats" if refused.field == "seats" else None, str(refused))
        return _choose(request, group, form, group_returns.quote(group))


def _choose(request: HttpRequest, group: SeatGroup, form: SeatsBackForm, offer: group_returns.Quote) -> HttpResponse:
    context = {**_about(group, offer), "form": form, "chosen": set(form["seats"].value() or ())}
    return render(request, "payments/seat_groups/back.html", context, status=422 if form.errors else 200)


def _about(group: SeatGroup, offer: group_returns.Quote) -> dict[str, Any]:
    first = offer.seats[0] if offer.seats else None
    return {"group": group, "cohort": group.cohort, "study": group.cohort.study, "offer": offer, "first": first}


def _preview(request: HttpRequest, group: SeatGroup, form: SeatsBackForm, account: AccountForm) -> HttpResponse:
    offer = group_returns.quote(group, group_returns.chosen(group, form.cleaned_data["seats"]))
    wanted = bool(offer.amount) and group_returns.account_wanted(group) is not None
    context = {**_about(group, offer), "account": account if wanted else None, "order": group_returns.order_of(group)}
    return render(request, "payments/seat_groups/back_sure.html", context, status=422 if account.errors else 200)


def _give(request: HttpRequest, group: SeatGroup, form: SeatsBackForm) -> HttpResponse:
    account, names = AccountForm(request.POST), form.cleaned_data["seats"]
    told = account.cleaned_data if account.is_valid() else None
    seen = form.cleaned_data["seen"] or 0
    amount = group_returns.give_back(reader(request), group, names, seen=seen, account=told)
    said = [ngettext("%(n)s seat is given back.", "%(n)s seats are given back.", len(names)) % {"n": len(names)}]
    if amount:
        said.append(_("%(amount)s comes back.") % {"amount": money.show(amount, group.currency)})
    messages.success(request, " ".join(said))
    return redirect(group)

"""A buyer asks for a cash receipt."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from payments import policies
from payments.forms.cash_receipt import CashReceiptForm
from payments.models import CashReceipt
from payments.services import cash_receipts
from studyplatform.kit.errors import Refused


@login_required
@never_cache
def cash_receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """What for and which number; a payment that gets none has no such page."""
    payment = get_object_or_404(policies.paid_by(request.user), public_id=public_id)
    if not cash_receipts.offered(payment):
        raise Http404
    known: CashReceipt | None = getattr(payment, "cash_receipt", None)
    form = CashReceiptForm(request.POST or None, initial={"purpose": known.purpose if known else "person"})
    if request.method == "POST" and form.is_valid():
        try:
            cash_receipts.ask(payment, **form.cleaned_data)
            messages.success(request, _("Noted. We issue it within five days, and its number stands here."))
            return redirect("receipt", public_id)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {"payment": payment, "form": form, "known": known}
    return render(request, "payments/receipts/cash.html", context, status=422 if form.errors else 200)

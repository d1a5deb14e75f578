"""What somebody paid, and the proof of it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cohorts.policies import credits_of
from payments import policies
from payments.services import cash_receipts, company_vat, group_sales, receipts

PER_PAGE = 20


@require_safe
@login_required
@never_cache
def paid(request: HttpRequest) -> HttpResponse:
    """Everything the person paid, newest first, with what came back, and the credit they have."""
    page = Paginator(policies.paid_by(request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "bought": [(payment, receipts.rows(payment)) for payment in page],
        "awaited": policies.awaited_from(request.user),
        "credits": credits_of(request.user),
    }
    return render(request, "payments/receipts/list.html", context)


@require_safe
@login_required
@never_cache
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """One payment as a page to print. A payment without a receipt has none: 404."""
    payment = get_object_or_404(policies.paid_by(request.user), public_id=public_id, receipt__isnull=False)
    company = group_sales.of(payment)
    context = {
        "payment": payment,
        "cash": cash_receipts.offered(payment),
        "rows": receipts.rows(payment),
        "company": company,
        "vat": company_vat.of(company, group_sales.kept(company)) if company else None,
    }
    return render(request, "payments/receipts/receipt.html", context)

"""Coming back from the hosted page: the truth is asked for, never taken from the address."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cohorts.forms.introductions import IntroductionForm
from cohorts.models import Cohort, Enrollment
from cohorts.services import introductions
from payments import gateway, policies, ways
from payments.flows import checkout
from payments.forms.deposit import DepositForm
from payments.models import Payment, PaymentLine, Refund
from payments.services import deposit_orders, group_sales, transfers, welcome
from payments.truth import Page
from payments.views.join import see_other
from payments.ways.way import Shown
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited

State = Payment.State
ENDED = (State.EXPIRED, State.FAILED)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout_return(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show how a payment stands; once it is paid, welcome the member and take their line of introduction."""
    payment = policies.get_payment(request, public_id)
    payment, page = checkout.come_back(payment)
    if group := group_sales.of(payment):
        return redirect(group)
    line = policies.line_of(payment)
    outcome, more = _outcome(payment, line, page)
    if outcome == "paid":
        return _welcome(request, payment, line)
    outcome = "cancelled" if outcome == "open" and "cancelled" in request.GET else outcome
    return render(request, f"payments/checkout/{outcome}.html", {**_context(payment, line), **more})


def _outcome(payment: Payment, line: PaymentLine, page: Page | None) -> Shown:
    if payment.state == State.OPEN:
        return ways.of(payment).shown(payment, page)
    return Shown(_ended(payment, line), {})


def _ended(payment: Payment, line: PaymentLine) -> str:
    if line.enrollment.cohort.state == Cohort.State.CALLED_OFF and payment.state in ENDED:
        return "called_off"
    if payment.state == State.PAID and line.enrollment.given_by_id and line.enrollment.person_id != payment.buyer_id:
        return "given"
    if payment.state == State.PAID:
        return "paid" if line.enrollment.state in Enrollment.BELONGS else "refunded"
    return {State.EXPIRED: "expired", State.FAILED: "failed", State.UNKNOWN: "unknown", State.CREATED: "unknown"}.get(
        State(payment.state), "waiting"
    )


def _context(payment: Payment, line: PaymentLine) -> dict[str, Any]:
    cohort = line.enrollment.cohort
    refund = line.refunds.exclude(state=Refund.State.VOID).order_by("-pk").first()
    return {
        "payment": payment,
        "enrollment": line.enrollment,
        "cohort": cohort,
        "study": cohort.study,
        "line": line,
        "refund": refund,
        "by_transfer": bool(refund and transfers.told(refund.reference)),
    }


def _welcome(request: HttpRequest, payment: Payment, line: PaymentLine) -> HttpResponse:
    form = IntroductionForm(request.POST or None, initial={"introduction": line.enrollment.introduction})
    if request.method == "POST" and form.is_valid():
        introductions.introduce(line.enrollment, form.cleaned_data["introduction"])
        return redirect(f"{request.path}#hello")
    context = {**_context(payment, line), **welcome.to(line.enrollment), "form": form}
    return render(request, "payments/checkout/paid.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@limited("checkout", 20)
def checkout_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the buyer back to their hosted page."""
    payment = policies.get_payment(request, public_id)
    return see_other(checkout.advance(payment))


@login_required
@require_POST
@limited("checkout", 20)
def checkout_deposit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take who transfers and where money would go back to; then the account and the code are shown."""
    payment = get_object_or_404(policies.payments_seen_by(request.user).filter(provider="bank"), public_id=public_id)
    form = DepositForm(request.POST)
    if form.is_valid():
        try:
            deposit_orders.name(payment, **form.cleaned_data)
        except Refused as refused:
            messages.error(request, str(refused))
        return redirect("checkout_return", payment.public_id)
    if payment.state != State.OPEN:
        return redirect("checkout_return", payment.public_id)
    line = payment.lines.select_related("enrollment__cohort__study").order_by("pk")[0]
    more = {**ways.of(payment).shown(payment, None).more, "deposit_form": form}
    return render(request, "payments/checkout/deposit.html", {**_context(payment, line), **more}, status=422)


@login_required
@require_POST
def checkout_give_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the held seat go."""
    payment = policies.get_payment(request, public_id)
    try:
        checkout.give_up(payment)
    except gateway.Trouble:
        return redirect("checkout_return", payment.public_id)  # the drain closes the page when its time is over
    return redirect("checkout_return", payment.public_id)

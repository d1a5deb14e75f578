"""Who may see which payment: whoever pays it. Others get 404."""

from django.db.models import Case, Prefetch, QuerySet, Value, When
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from cohorts.models import Enrollment, SeatGift
from cohorts.policies import Reader
from payments.models import Payee, Payment, PaymentLine, Refund


def payments_seen_by(user: Reader) -> QuerySet[Payment]:
    """Payments the person makes or made."""
    if not user.is_authenticated:
        return Payment.objects.none()
    return Payment.objects.filter(buyer=user.pk).select_related("buyer")


def paid_by(user: Reader) -> QuerySet[Payment]:
    """What the person has paid money for, newest first, with what it was for and what came back."""
    paid = payments_seen_by(user).filter(state=Payment.State.PAID, amount__gt=0).select_related("receipt")
    lines = PaymentLine.objects.select_related("enrollment__cohort__study__payee__profile").order_by("pk")
    shown = lines.prefetch_related(Prefetch("refunds", Refund.objects.exclude(state=Refund.State.VOID).order_by("pk")))
    return paid.order_by("-paid_at", "-pk").prefetch_related(Prefetch("lines", shown))


def awaited_from(user: Reader) -> QuerySet[Payment]:
    """Payments whose deposit the person has not made yet, and invoices of their company's seats."""
    ways = (Payment.Provider.BANK, Payment.Provider.INVOICE)
    waiting = payments_seen_by(user).filter(provider__in=ways, state=Payment.State.OPEN)
    lines = PaymentLine.objects.select_related("enrollment__cohort__study", "enrollment__group")
    return waiting.select_related("deposit_order").prefetch_related(Prefetch("lines", lines)).order_by("pk")


def line_of(payment: Payment) -> PaymentLine:
    """Return the line of the seat a payment stands for now: one that is theirs before one they moved on from."""
    gone = Case(When(enrollment__state__in=Enrollment.SEATED, then=Value(0)), default=Value(1))
    lines = payment.lines.select_related("enrollment__cohort__study", "enrollment__policy")
    return lines.order_by(gone, "pk")[0]


def get_payment(request: HttpRequest, public_id: str) -> Payment:
    """Return a payment of the reader, or 404."""
    return get_object_or_404(payments_seen_by(request.user), public_id=public_id)


def gifts_by_token() -> QuerySet[SeatGift]:
    """Seats offered to somebody; whoever knows the token of one may read it and say no."""
    found = SeatGift.objects.select_related("enrollment__cohort__study", "enrollment__policy", "place__person")
    return found.select_related("enrollment__person__profile")


def payee_of(user: Reader) -> Payee | None:
    """Return how the person themselves is paid, with how they are taxed."""
    return Payee.objects.select_related("taxpayer").filter(person=user.pk).first() if user.is_authenticated else None

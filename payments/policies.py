"""Who may see which payment: whoever pays it. Others get 404."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from cohorts.policies import Reader
from payments.models import Payment


def payments_seen_by(user: Reader) -> QuerySet[Payment]:
    """Payments the person makes or made."""
    if not user.is_authenticated:
        return Payment.objects.none()
    return Payment.objects.filter(buyer=user.pk).select_related("buyer")


def get_payment(request: HttpRequest, public_id: str) -> Payment:
    """Return a payment of the reader, or 404."""
    return get_object_or_404(payments_seen_by(request.user), public_id=public_id)

"""Receipts: numbered within the year without gaps, and never renumbered."""

from django.db import connection, transaction
from django.utils import timezone

from payments.models import Payment, Receipt

LOCK = 7_310  # of PostgreSQL's advisory locks: one receipt is numbered at a time


@transaction.atomic
def issue(payment: Payment) -> Receipt:
    """Return the payment's receipt, written on first use. Takes its lock last: the number is final at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    standing = Receipt.objects.filter(payment=payment).first()
    return standing or Receipt.objects.create(payment=payment, number=_next())


def _next() -> str:
    prefix = f"R-{timezone.localdate(timezone=timezone.get_default_timezone()).year}-"
    last = Receipt.objects.filter(number__startswith=prefix).order_by("-number").first()
    return f"{prefix}{int(last.number.removeprefix(prefix)) + 1 if last else 1:06}"

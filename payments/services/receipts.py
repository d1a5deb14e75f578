"""Receipts: numbered within the year without gaps, and never renumbered."""

import itertools
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from payments.models import Payment, Receipt

LOCK = 7_310  # of PostgreSQL's advisory locks: one receipt is numbered at a time


@transaction.atomic
def issue(payment: Payment) -> Receipt:
    """Return the payment's receipt, written on first use. Takes its lock last: the number is final at commit."""
    return issue_all([payment])[0]


@transaction.atomic
def issue_all(payments: list[Payment]) -> list[Receipt]:
    """Return the receipts of payments made together, in their order; what is new is numbered in a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    found = {row.payment_id: row for row in Receipt.objects.filter(payment__in=payments)}
    new = [payment for payment in payments if payment.pk not in found]
    rows = [Receipt(payment=payment, number=number) for payment, number in zip(new, _numbers(), strict=False)]
    found |= {row.payment_id: row for row in Receipt.objects.bulk_create(rows)}
    return [found[payment.pk] for payment in payments]


def _numbers() -> Iterator[str]:
    prefix = f"R-{timezone.localdate(timezone=timezone.get_default_timezone()).year}-"
    last = Receipt.objects.filter(number__startswith=prefix).order_by("-number").first()
    begun = int(last.number.removeprefix(prefix)) if last else 0
    return (f"{prefix}{number:06}" for number in itertools.count(begun + 1))

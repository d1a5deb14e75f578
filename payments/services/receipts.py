"""Receipts: numbered within the year without gaps, and never renumbered; their rows, one for seats bought together."""

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from cohorts.models import Enrollment
from payments.models import Payment, PaymentLine, Receipt, Refund

LOCK = 7_310  # of PostgreSQL's advisory locks: one receipt is numbered at a time


@dataclass(frozen=True)
class Row:
    """Seats of one run at one amount: so many, what each cost, and what of them came back."""

    place: Enrollment  # one of them, for its run and what came off its price
    number: int
    each: int
    back: list[Refund]
    refunded: int  # of them all, in minor units
    lost: int  # given by the payer's bank for good
    held: int  # taken by it until it decides

    @property
    def amount(self) -> int:
        """What they cost together, in minor units."""
        return self.number * self.each

    @property
    def returned(self) -> list[tuple[Refund, int, int]]:
        """What came back, a row for each day and state: one of its refunds, how many there are, and their sum."""
        found: dict[tuple[datetime.date, str], list[Refund]] = {}
        for refund in self.back:
            found.setdefault((timezone.localdate(refund.created_at), refund.state), []).append(refund)
        return [(rows[0], len(rows), sum(row.amount for row in rows)) for rows in found.values()]

    @property
    def with_credit(self) -> bool:
        """Whether credit that was taken off stands beside the price."""
        return bool(self.place.credit) and self.place.price == self.each


def rows(payment: Payment) -> list[Row]:
    """Return the rows of a payment's receipt, in the order of its lines: a company's seats of one amount are one."""
    found: dict[tuple[int, int, int], list[PaymentLine]] = {}
    for line in payment.lines.all():
        if line.amount:
            group = line.enrollment.group_id
            key = (group, 0, line.amount) if group else (0, line.pk, line.amount)
            found.setdefault(key, []).append(line)
    return [_row(lines) for lines in found.values()]


def _row(lines: list[PaymentLine]) -> Row:
    back = [refund for line in lines for refund in line.refunds.all()]
    refunded, lost, disputed = (sum(getattr(line, name) for line in lines) for name in ("refunded", "lost", "disputed"))
    return Row(lines[0].enrollment, len(lines), lines[0].amount, back, refunded, lost, disputed - lost)


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

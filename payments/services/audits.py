"""The books against what made them: balanced, each payment sold, each refund booked, each seat counted and paid."""

from collections.abc import Callable, Iterator

from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts.models import Enrollment, SeatGroup, Seats
from payments.models import Dispute, LedgerEntry, Payment, PaymentLine
from payments.services import given_twice, sales
from payments.services.differences import Found
from payments.services.ledger import Kind


def _found(kind: str, key: object, ours: int, theirs: int, currency: str = "", about: str = "") -> Found:
    return Found(kind, str(key), ours, theirs, currency, timezone.now(), about=(about, str(key) if about else ""))


def unbalanced() -> Iterator[Found]:
    """Yield transactions of the ledger that do not sum to zero in each currency; PostgreSQL lets none in."""
    sums = LedgerEntry.objects.values_list("transaction", "account__currency").annotate(sum=Sum("amount"))
    for pk, currency, amount in sums.exclude(sum=0).iterator():
        yield _found("unbalanced", pk, amount, 0, currency, "payments.ledgertransaction")


def _booked(of: str, account: str, causes: Q) -> Coalesce:
    """Return what was booked under some causes in accounts of a kind for whose pk stands at `of`, in minor units."""
    entries = LedgerEntry.objects.filter(causes, account__kind=account, **{of: OuterRef("pk")})
    sums = entries.values(of).annotate(sum=Sum("amount")).values("sum")
    return Coalesce(Subquery(sums, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())


def unsold() -> Iterator[Found]:
    """Yield payments that are paid and not booked with their amount where their money is."""
    for provider, account in sales.CAME.items():
        paid = Payment.objects.filter(state=Payment.State.PAID, provider=provider)
        sold = _booked("transaction__line__payment", account, Q(transaction__cause__startswith="sale:"))
        for row in paid.annotate(booked=sold).exclude(booked=F("amount")).iterator():
            yield _found("unsold", row.pk, row.booked, row.amount, row.currency, "payments.payment")


def unequal_refunds() -> Iterator[Found]:
    """Yield lines whose sum of refunds is not what the ledger owed back for them."""
    causes = ("refund_owed:", "refund_void:", "refund_held:")
    owed = Q(*(("transaction__cause__startswith", cause) for cause in causes), _connector=Q.OR)
    elsewhere = When(payment__provider=Payment.Provider.OUTSIDE, then=0)  # that money is the host's, and not booked
    expected = Case(elsewhere, default=-F("refunded"), output_field=BigIntegerField())
    lines = PaymentLine.objects.annotate(booked=_booked("transaction__line", Kind.PAYING, owed), expected=expected)
    for line in lines.exclude(booked=F("expected")).select_related("payment").iterator():
        about = ("payments.payment", str(line.payment_id))
        currency = line.payment.currency
        yield Found("refunds_unequal", str(line.pk), line.refunded, -line.booked, currency, timezone.now(), about=about)


def given_back_twice() -> Iterator[Found]:
    """Yield payments of which more went back than was paid, from our bank and at Stripe."""
    carried = LedgerEntry.objects.filter(given_twice.CAUSES, account__kind=Kind.PLATFORM)
    sums = carried.values_list("transaction__line__payment").annotate(over=Sum("amount")).filter(over__gt=0)
    for pk, over in sums.order_by("transaction__line__payment").iterator():
        payment = Payment.objects.get(pk=pk)
        yield given_twice.found(payment, payment.amount + over)


def taken_besides() -> Iterator[Found]:
    """Yield payments of which banks took what had left ours by hand: together more than was paid."""
    claimed = PaymentLine.objects.filter(disputed__gt=0).exclude(payment__disputes__state__in=Dispute.PENDING)
    lines = PaymentLine.objects.filter(payment__in=claimed.values("payment")).order_by("payment")
    gone = lines.values_list("payment").annotate(gone=Sum(F("refunded") + F("disputed")))
    for pk, amount in gone.filter(gone__gt=F("payment__amount")).iterator():
        payment = Payment.objects.get(pk=pk)
        yield _found("dispute_twice", pk, payment.amount, amount, payment.currency, "payments.payment")


def miscounted() -> Iterator[Found]:
    """Yield cohorts whose count of seats is not the number of enrollments that take one."""
    seated = Count("cohort__enrollments", filter=Q(cohort__enrollments__state__in=Enrollment.SEATED))
    for row in Seats.objects.annotate(seated=seated).exclude(seated=F("taken")).iterator():
        yield _found("miscounted", row.pk, row.taken, row.seated, about="cohorts.cohort")


def unpaid() -> Iterator[Found]:
    """Yield seats with a price that belong to somebody and that nothing was paid for."""
    paid = PaymentLine.objects.filter(enrollment=OuterRef("pk"), payment__state=Payment.State.PAID)
    seats = Enrollment.objects.filter(state__in=Enrollment.BELONGS, price__gt=0).exclude(Exists(paid))
    seats = seats.exclude(group__isnull=False, group__state__in=SeatGroup.OWING)  # its invoice says until when
    for seat in seats.iterator():
        yield _found("unpaid", seat.pk, seat.price, 0, seat.currency, "cohorts.enrollment")


CHECKS: dict[str, Callable[[], Iterator[Found]]] = {
    "unbalanced": unbalanced,
    "unsold": unsold,
    "refunds_unequal": unequal_refunds,
    "refund_twice": given_back_twice,
    "dispute_twice": taken_besides,
    "miscounted": miscounted,
    "unpaid": unpaid,
}

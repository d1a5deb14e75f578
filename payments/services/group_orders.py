"""A company accepts its quote: all seats are held, and one payment is asked for, with a line for each of them."""

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrollment, SeatGroup
from cohorts.services import seat_groups
from payments.models import Payment, PaymentLine
from payments.services import payments
from studyplatform.accounts.models import User
from studyplatform.kit import history


def standing(group: SeatGroup) -> Payment | None:
    """Return the payment of a company's seats that can still be paid."""
    found = Payment.objects.filter(lines__enrollment__group=group, state__in=payments.LIVE).order_by("-pk")
    row: Payment | None = found.first()
    return row


@transaction.atomic
def accept(buyer: User, group: SeatGroup) -> Payment:
    """Hold all seats of a quote and return the payment for them; again, the payment that stands.

    Raises Refused as `seat_groups.hold` does.
    """
    row = seat_groups.locked(group)
    if row.state == SeatGroup.State.PAYING and (found := standing(row)):
        return found
    return _ask(buyer, row, seat_groups.hold(buyer, row))


def _ask(buyer: User, group: SeatGroup, places: list[Enrollment]) -> Payment:
    until = places[0].hold_until or timezone.now()  # a held seat always has one
    payment: Payment = Payment.objects.create(
        buyer=buyer,
        provider=Payment.Provider.STRIPE,
        amount=group.amount,
        currency=group.currency,
        expires_at=until - payments.GRACE,
        due_at=timezone.now() + payments.FIRST_LOOK,
    )
    PaymentLine.objects.bulk_create(
        PaymentLine(payment=payment, enrollment=place, amount=group.price) for place in places
    )
    history.record(payment, "", payment.state, buyer)
    return payment

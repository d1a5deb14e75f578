"""A company accepts its quote: all seats are held, and one payment is asked for, with a line for each of them."""

import datetime
from collections.abc import Iterable
from typing import Any

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
    places = seat_groups.hold(buyer, row)
    return by_card(buyer, row, places, places[0].hold_until or timezone.now())  # a held seat always has one


def by_card(buyer: User, group: SeatGroup, places: Iterable[Enrollment], until: datetime.datetime) -> Payment:
    """Ask for what a company's seats cost through Stripe, on a page that closes a little before `until`."""
    when = {"expires_at": until - payments.GRACE, "due_at": timezone.now() + payments.FIRST_LOOK}
    return ask(buyer, group, places, provider=Payment.Provider.STRIPE, **when)


def ask(buyer: User, group: SeatGroup, places: Iterable[Enrollment], **how: Any) -> Payment:
    """Return a new payment of a company's seats, with a line for each of them."""
    payment: Payment = Payment.objects.create(buyer=buyer, amount=group.amount, currency=group.currency, **how)
    PaymentLine.objects.bulk_create(
        PaymentLine(payment=payment, enrollment=place, amount=group.price) for place in places
    )
    history.record(payment, "", payment.state, buyer)
    return payment

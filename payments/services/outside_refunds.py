"""Refunds of what a host was paid elsewhere: the host has the money and gives it back, and nothing is booked."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cohorts.models import Cohort
from payments import letters, outside_letters
from payments.models import PaymentLine, Refund
from payments.services import holds
from studyplatform.accounts.models import User
from studyplatform.kit import history

State = Refund.State


def owe(line: PaymentLine, amount: int, cause: str, actor: User | None = None, *, reason: str = "") -> Refund:
    """Write down that a host owes back `amount` (minor units) of a locked line, and tell both sides.

    Raises Refused when the line has less left than that.
    """
    holds.refuse_too_much(line, amount)
    line.refunded += amount
    line.save(update_fields=["refunded"])
    row: Refund = Refund.objects.create(
        line=line, amount=amount, cause=cause, state=State.OUTSIDE, done_at=timezone.now()
    )
    history.record(row, "", row.state, actor, note=reason)
    letters.refund_owed(row, reason)
    outside_letters.give_back(row)
    return row


def owing(cohort: Cohort) -> QuerySet[Refund]:
    """Return what hosts of a cohort have still to give back."""
    return Refund.objects.filter(state=State.OUTSIDE, line__enrollment__cohort=cohort).order_by("pk")


@transaction.atomic
def given(host: User, refund: Refund) -> None:
    """Note that a host has given a refund back, once."""
    row = Refund.objects.select_for_update().get(pk=refund.pk)
    if row.state == State.OUTSIDE:
        history.move(row, State.SUCCEEDED, host)

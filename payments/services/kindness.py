"""Money a host gives back of their own will: any part of what a member paid, with a reason, once for each intent."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrollment
from cohorts.services import seats
from payments.models import LedgerAccount, Payment, PaymentLine, Refund
from payments.services import ledger, refunds
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused


@dataclass(frozen=True)
class Borne:
    """Where the money comes from, in minor units: what still waits for the sessions, then the host's earnings."""

    waiting: int
    earned: int


def room(enrollment: Enrollment) -> int:
    """Return how much of what was paid for a seat has not gone back, in minor units."""
    return int(_lines(enrollment).aggregate(room=Sum(F("amount") - F("refunded")))["room"] or 0)


def _lines(enrollment: Enrollment) -> QuerySet[PaymentLine]:
    return PaymentLine.objects.filter(enrollment=enrollment, payment__state=Payment.State.PAID).order_by("pk")


def preview(enrollment: Enrollment, amount: int) -> Borne:
    """Return who would bear `amount`. Raises Refused when there is not that much left."""
    by = ledger.borne_by(_line_with(enrollment, amount), amount)
    waiting = sum(part for account, part in by.items() if account.kind == LedgerAccount.Kind.ESCROW)
    return Borne(waiting, amount - waiting)


def _line_with(enrollment: Enrollment, amount: int) -> PaymentLine:
    line = _lines(enrollment).filter(amount__gte=F("refunded") + amount).first()
    if not line or amount <= 0:
        raise Refused(_("There is not that much left to give back."), field="amount", code="too_much")
    return line


@transaction.atomic
def give(host: User, enrollment: Enrollment, amount: int, *, reason: str, key: str, ends: bool = False) -> Refund:
    """Owe a member `amount` (minor units); with `ends` their seat ends too.

    `key` names the intent: again with the same key it returns the same refund. Raises Refused when less is left.
    """
    cause = f"host:{key}"
    standing: Refund | None = Refund.objects.filter(line__enrollment=enrollment, cause=cause).first()
    if standing:
        return standing
    refund = refunds.owe(_line_with(enrollment, amount), amount, cause, host, reason=reason)
    if ends:
        seats.release(enrollment, Enrollment.State.CANCELLED, host)
    return refund

"""Money a host gives back of their own will: any part of what a member paid, with a reason, once for each intent."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrollment
from cohorts.services import seats
from payments.models import LedgerAccount, PaymentLine, Refund
from payments.services import ledger, refunds, seat_money
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused


@dataclass(frozen=True)
class Borne:
    """Where the money comes from, in minor units: what still waits for the sessions, then the host's earnings; what
    the host was paid elsewhere they give back themselves."""

    waiting: int
    earned: int
    outside: int = 0


def preview(enrollment: Enrollment, amount: int) -> Borne:
    """Return who would bear `amount`. Raises Refused when there is not that much left."""
    _refuse_more_than_is_left(enrollment, amount)
    parts = seat_money.spread(enrollment, amount)
    outside = sum(part for line, part in parts if line.payment.outside)
    waiting = sum(_from_escrow(line, part) for line, part in parts if not line.payment.outside)
    return Borne(waiting, amount - waiting - outside, outside)


def _refuse_more_than_is_left(enrollment: Enrollment, amount: int) -> None:
    """What a bank has taken, for now or for good, is not a host's to give."""
    if amount > seat_money.room(enrollment):
        raise Refused(_("There is not that much left to give back."), field="amount", code="too_much")


def _from_escrow(line: PaymentLine, part: int) -> int:
    by = ledger.borne_by(line, part)
    return sum(share for account, share in by.items() if account.kind == LedgerAccount.Kind.ESCROW)


@transaction.atomic
def give(host: User, enrollment: Enrollment, amount: int, *, reason: str, key: str, ends: bool = False) -> int:
    """Owe a member `amount` (minor units); with `ends` their seat ends too.

    `key` names the intent: again with the same key nothing more is owed. Returns what it gave back. Raises Refused when
    less is left.
    """
    cause = f"host:{key}"
    list(ledger.locked_lines(enrollment=enrollment))
    standing = Refund.objects.filter(line__enrollment=enrollment, cause=cause).aggregate(sum=Sum("amount"))["sum"]
    if standing:
        return int(standing)
    _refuse_more_than_is_left(enrollment, amount)
    for line, part in seat_money.spread(enrollment, amount):
        refunds.owe(line, part, cause, host, reason=reason)
    if ends:
        seats.release(enrollment, Enrollment.State.CANCELLED, host)
    return amount

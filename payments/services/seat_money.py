"""What was paid for one seat, in one payment or more: how much is left of it, and how it goes along to another seat.

Who takes money from a seat holds the locks of its lines (`ledger.locked_lines`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrollment
from payments.models import Payment, PaymentLine
from payments.services import holds, ledger
from payments.services.ledger import Kind
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused

NO_SEAT = ("late", "twice", "not_moved")  # causes of refunds of money that bought no seat


def lines(enrollment: Enrollment) -> QuerySet[PaymentLine]:
    """Return the lines that paid for a seat, the newest first."""
    return lines_of([enrollment])


def lines_of(places: Iterable[Enrollment]) -> QuerySet[PaymentLine]:
    """Return the lines that paid for some seats, the newest first."""
    paid = PaymentLine.objects.filter(enrollment__in=places, payment__state=Payment.State.PAID, amount__gt=0)
    return paid.exclude(refunds__cause__in=NO_SEAT).order_by("-pk")


def room(enrollment: Enrollment) -> int:
    """Return how much of what was paid for a seat is left: it neither went back nor waits for that, and no bank has
    taken it; in minor units.
    """
    paid = list(lines(enrollment))
    waits = holds.waiting(paid)
    return sum(max(0, line.kept - waits.get(line.pk, 0)) for line in paid)


def kept(**which: Any) -> int:
    """Return what of the money paid for some lines has neither gone back nor been taken by a bank, in minor units."""
    paid = PaymentLine.objects.filter(payment__state=Payment.State.PAID, **which)
    left = Greatest(F("amount") - F("refunded") - F("disputed"), 0)
    return int(paid.aggregate(sum=Sum(left))["sum"] or 0)


def spread(enrollment: Enrollment, amount: int) -> list[tuple[PaymentLine, int]]:
    """Return which lines an amount comes from and how much of each, the newest first. Raises Refused for too much."""
    found = _parts(enrollment, amount)
    if amount <= 0 or sum(part for _line, part in found) != amount:
        raise Refused(_("There is not that much left to give back."), field="amount", code="too_much")
    return found


def _parts(enrollment: Enrollment, amount: int) -> list[tuple[PaymentLine, int]]:
    found, rest = [], amount
    paid = list(lines(enrollment).select_related("payment__buyer", "enrollment__cohort__study__payee"))
    gone = holds.came_back(paid)
    for line in paid:
        part = max(0, min(rest, line.amount - gone[line.pk]))
        rest -= part
        if part:
            found.append((line, part))
    return found


def outside(enrollment: Enrollment, amount: int) -> int:
    """Return how much of an amount taken from a seat its host has, who was paid elsewhere; in minor units."""
    return sum(part for line, part in _parts(enrollment, amount) if line.payment.outside) if amount else 0


@dataclass(frozen=True)
class AtBank:
    """What of an amount taken from a seat a buyer's bank has a say in, in minor units."""

    waits: int = 0  # until it decides
    rest: int = 0  # what of that we still send if it gives the buyer what it has taken
    by_hand: int = 0  # it has decided, and Stripe sends nothing back of such a payment


def at_bank(enrollment: Enrollment, amount: int, *, own: bool) -> AtBank:
    """Return what of an amount taken from a seat its buyers' banks have a say in; with `own` its member's only."""
    parts = _parts(enrollment, amount) if amount else []
    seen = [(line, part) for line, part in parts if not own or line.payment.buyer_id == enrollment.person_id]
    touched = [(line, part, holds.pending(line)) for line, part in seen if holds.touched(line)]
    waiting = [(line, part) for line, part, pending in touched if pending]
    return AtBank(
        sum(part for _line, part in waiting),
        sum(holds.rest_of(line, part) for line, part in waiting),
        sum(part for _line, part, pending in touched if not pending),
    )


def to_others(enrollment: Enrollment, amount: int) -> list[tuple[User, int]]:
    """Return who else than its member gets what of an amount that comes back for a seat that was given: who paid it."""
    found: dict[User, int] = {}
    for line, part in _parts(enrollment, amount) if amount and enrollment.given_by_id else []:
        payer = line.payment.buyer
        found[payer] = found.get(payer, 0) + part
    return [(payer, part) for payer, part in found.items() if payer.pk != enrollment.person_id]


def part_back(enrollment: Enrollment) -> Fraction:
    """Return which part of what was paid for a seat went back, or is owed."""
    sums = lines(enrollment).aggregate(paid=Sum("amount"), back=Sum("refunded"))
    return Fraction(sums["back"], sums["paid"]) if sums["paid"] else Fraction(0)


@transaction.atomic
def carry(line: PaymentLine, amount: int, to: Enrollment, cause: str) -> PaymentLine:
    """Let `amount` of a locked line pay for another seat, and return that seat's line of the same payment.

    The lines of a payment always sum to it.
    """
    PaymentLine.objects.filter(pk=line.pk).update(amount=F("amount") - amount)
    other, _new = PaymentLine.objects.get_or_create(payment=line.payment, enrollment=to, defaults={"amount": 0})
    PaymentLine.objects.filter(pk=other.pk).update(amount=F("amount") + amount)
    if not line.payment.outside:
        _book_carried(line, amount, other, cause)
    return other


def _book_carried(line: PaymentLine, amount: int, other: PaymentLine, cause: str) -> None:
    """In the ledger it leaves the one seat as a refund would, and is paid in for the other at once."""
    currency = line.payment.currency
    between = ledger.account(Kind.PAYING, currency, person=line.payment.buyer)
    escrow = ledger.account(Kind.ESCROW, currency, cohort=other.enrollment.cohort)
    ledger.post(f"carried_out:{cause}:{line.pk}", {between: -amount, **ledger.borne_by(line, amount)}, line=line)
    ledger.post(f"carried_in:{cause}:{line.pk}", {between: amount, escrow: -amount}, line=other)

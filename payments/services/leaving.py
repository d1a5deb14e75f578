"""Leaving: what comes back is worked out and shown first; once confirmed, seat, group and turns are free at once.

Lock order: line, enrollment, seats, as everywhere in payments.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import faces
from cohorts import refunds as rules
from cohorts.models import Cohort, Enrollment
from cohorts.policies import subgroup_of
from cohorts.refunds import Rung
from cohorts.services import credit_uses, presentations, seats
from payments import letters
from payments.services import choices, group_places, holds, ledger, refunds, seat_money
from payments.services.seat_money import AtBank
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused

CAUSE = "left"


@dataclass(frozen=True)
class Quote:
    """What leaving now gives back, in minor units: the rule's part of what was paid, less what came back before."""

    paid: int = 0
    by_rule: int = 0
    returned: int = 0
    amount: int = 0
    rungs: list[Rung] = field(default_factory=list)
    now: Rung | None = None  # the rung in force; None: the rule gives nothing any more
    bank: AtBank = field(default_factory=AtBank)  # what of the amount the member's bank has a say in
    waiting: int = 0  # what of the money returned before waits for the bank as well
    outside: int = 0  # what of the amount the host has, who was paid elsewhere
    others: tuple[tuple[User, int], ...] = ()  # who else paid, and what of the amount goes to them
    credit: int = 0  # comes back as credit, by the same share
    credit_rungs: list[Rung] = field(default_factory=list)

    @property
    def ours(self) -> int:
        """What of the amount comes back to its member from us."""
        return self.amount - self.outside - sum(part for _payer, part in self.others)

    @property
    def at_once(self) -> int:
        """What of the amount comes back to its member from us and waits for nobody."""
        return self.ours - self.bank.waits - self.bank.by_hand

    @property
    def rows(self) -> list[tuple[Rung, Rung | None]]:
        """The rungs in money, each beside its own in credit."""
        return list(zip_longest(self.rungs, self.credit_rungs))


def quote(enrollment: Enrollment) -> Quote:
    """Return what leaving now gives back, and how it is worked out."""
    if enrollment.group_id:  # a company paid; the seat stays its own
        return Quote()
    lines = list(seat_money.lines(enrollment).select_related("payment"))
    place, paid = _place(enrollment), sum(line.amount for line in lines)
    if not (paid or place.credit or place.given_by_id):
        return Quote()
    rungs = choices.refund_rungs(place.cohort, paid, place)
    now = rules.in_force(rungs, timezone.now())
    by_rule = now.amount if now else 0
    returned = sum(holds.came_back(lines).values())
    amount = max(0, by_rule - returned)
    others = tuple(seat_money.to_others(enrollment, amount))
    outside = 0 if others else seat_money.outside(enrollment, amount)
    bank = seat_money.at_bank(enrollment, amount, own=True)
    waiting = sum(holds.waiting([line for line in lines if line.payment.buyer_id == place.person_id]).values())
    return Quote(paid, by_rule, returned, amount, rungs, now, bank, waiting, outside, others, **_in_credit(place, now))


def _place(enrollment: Enrollment) -> Enrollment:
    return Enrollment.objects.select_related("policy", "cohort").get(pk=enrollment.pk)


def _in_credit(place: Enrollment, now: Rung | None) -> dict[str, Any]:
    rungs = choices.refund_rungs(place.cohort, place.credit, place) if place.credit else []
    return {"credit": credit_uses.due(place, share_of(now)), "credit_rungs": rungs}


def share_of(rung: Rung | None) -> Fraction:
    """Return the share that comes back by a rung; none after the last one."""
    return rung.share if rung else Fraction(0)


def ends(enrollment: Enrollment) -> dict[str, object]:
    """Return what leaving frees: the subgroup and the turns to come."""
    return {"group": subgroup_of(enrollment), "turns": list(presentations.coming_of(enrollment))}


def refuse_unless_in(enrollment: Enrollment) -> None:
    """Raise Refused when this place cannot be left: it is over, or was left before."""
    if enrollment.cohort.state in Cohort.OVER or enrollment.state == Enrollment.State.COMPLETED:
        raise Refused(_("This cohort is over. There is nothing left to leave."), code="over")
    if enrollment.state != Enrollment.State.ACTIVE:
        raise Refused(_("You are not in this cohort any more."), code="gone")


@transaction.atomic
def leave(member: User, enrollment: Enrollment, *, seen: int, seen_credit: int = 0, because: str = "") -> int:
    """Give the seat back and owe what the rule agreed at purchase returns; return that amount, in minor units.

    The same share of their credit comes back as credit. `seen` and `seen_credit` are what the member was shown. Raises
    Refused with code "changed" when it is another amount by now, "over" or "gone" when there is nothing to leave.
    """
    list(ledger.locked_lines(enrollment=enrollment))
    row = seats.locked(enrollment)
    refuse_unless_in(row)
    offer = quote(row)
    amount = offer.amount
    if (amount, offer.credit) != (seen, seen_credit):
        raise Refused(_("What comes back has just changed. Look at it again before you leave."), code="changed")
    leader = faces.partner_of(subgroup_of(row))
    credit_uses.give_back(row, share_of(offer.now))
    if row.group_id:
        group_places.hand_back(row, member, because=because)
    else:
        seats.release(row, Enrollment.State.CANCELLED, member, because=because)
    for line, part in seat_money.spread(row, amount) if amount else []:
        refunds.owe(line, part, CAUSE, member)
    letters.left(row, offer)
    _tell(row, leader, because)
    return amount


def _tell(enrollment: Enrollment, leader: User | None, because: str) -> None:
    hosts = faces.hosts(enrollment.cohort) if because else []
    for host in hosts:
        letters.member_left(enrollment, host, because=because)
    if leader and leader not in hosts:
        letters.member_left(enrollment, leader)

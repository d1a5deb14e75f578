"""Arriving in a later cohort: the new seat is given, the money comes along, the old place ends; all of it or nothing.

Lock order: line, enrollment (the old one first), seats (those of the later cohort first).
"""

from django.db import transaction

from cohorts import faces
from cohorts.models import Enrollment
from cohorts.policies import subgroup_of
from cohorts.services import seats
from payments import moving_letters
from payments.models import PaymentLine
from payments.services import ledger, refunds, seat_money
from studyplatform.accounts.models import User

State = Enrollment.State
CAUSE = "moved"


@transaction.atomic
def arrive(new: Enrollment, along: int, *, back: int = 0, actor: User | None = None) -> bool:
    """Give the seat somebody moves to: `along` of what they paid pays for it, `back` goes back (minor units).

    False, and nothing has changed, when the place they come from is theirs no more, its money went elsewhere, or no
    seat is free.
    """
    if new.moved_from_id is None:
        return False
    list(ledger.locked_lines(enrollment=new.moved_from_id))
    old = seats.locked(Enrollment(pk=new.moved_from_id))
    if old.state != State.ACTIVE or seat_money.room(old) < along + back or not seats.settle(new, actor):
        return False
    _carry(old, along, new)
    outside = seat_money.outside(old, back)
    if back:
        _owe_back(old, back, actor)
    group = subgroup_of(old)
    seats.release(old, State.CANCELLED, actor)
    moving_letters.moved(new, old, along=along, back=back - outside, outside=outside)
    moving_letters.member_moved(new, old, faces.partner_of(group))
    return True


def ahead_of(line: PaymentLine) -> int:
    """Return what comes along to a seat whose difference a line pays, in minor units."""
    return line.enrollment.price - line.amount


def _carry(old: Enrollment, along: int, new: Enrollment) -> None:
    for line, part in seat_money.spread(old, along) if along else []:
        seat_money.carry(line, part, new, f"{old.pk}:{new.pk}")


def _owe_back(old: Enrollment, back: int, actor: User | None) -> None:
    for line, part in seat_money.spread(old, back):
        refunds.owe(line, part, CAUSE, actor)

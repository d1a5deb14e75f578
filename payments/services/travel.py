"""Arriving in a later cohort: the new seat is given, the money comes along, the old place ends; all of it or nothing.

Lock order: line, enrollment (the old one first), credit, seats (those of the later cohort first).
"""

from contextlib import suppress
from fractions import Fraction

from django.db import transaction

from cohorts import faces
from cohorts.models import Enrollment
from cohorts.policies import subgroup_of
from cohorts.services import credit_uses, seats
from payments import moving_letters
from payments.models import PaymentLine
from payments.services import leaving, ledger, refunds, seat_money
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused

State = Enrollment.State
CAUSE = "moved"


@transaction.atomic
def arrive(
    new: Enrollment, along: int, *, back: int = 0, share: Fraction | None = None, actor: User | None = None
) -> bool:
    """Give the seat somebody moves to: `along` of what they paid pays for it, `back` goes back (minor units).

    Their credit comes along by `share`, else by the one of the refund rule now; what the new seat does not use is
    theirs again.
    False, and nothing has changed, when the place they come from is theirs no more, its money went elsewhere, or no
    seat is free.
    """
    if new.moved_from_id is None:
        return False
    list(ledger.locked_lines(enrollment=new.moved_from_id))
    old = seats.locked(Enrollment(pk=new.moved_from_id))
    if old.state != State.ACTIVE or seat_money.room(old) < along + back or not _settle(old, new, share, actor):
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


def _settle(old: Enrollment, new: Enrollment, share: Fraction | None, actor: User | None) -> bool:
    by_rule = leaving.share_of(leaving.quote(old).now) if share is None else share
    with suppress(Refused), transaction.atomic():  # the credit that was to pay for it may be gone
        credit_uses.carry(old, new, by_rule)
        if seats.settle(new, actor):
            return True
        transaction.set_rollback(True)
    return False


def ahead_of(line: PaymentLine) -> int:
    """Return what comes along to a seat whose difference a line pays, in minor units."""
    return line.enrollment.price - line.amount


def _carry(old: Enrollment, along: int, new: Enrollment) -> None:
    for line, part in seat_money.spread(old, along) if along else []:
        seat_money.carry(line, part, new, f"{old.pk}:{new.pk}")


def _owe_back(old: Enrollment, back: int, actor: User | None) -> None:
    for line, part in seat_money.spread(old, back):
        refunds.owe(line, part, CAUSE, actor)

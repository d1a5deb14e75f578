"""A company's seat changes hands: whoever sat on it is gone, and what was paid for it stays with the seat.

Lock order: line, enrollment, as everywhere in payments.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrollment
from cohorts.services import group_seats, seats
from payments.models import PaymentLine
from payments.services import ledger
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused


def hand_back(place: Enrollment, actor: User, *, because: str = "") -> None:
    """End a locked place on a company's seat; the seat and the lines that paid for it stay the company's."""
    seat = group_seats.vacate(place, actor, because=because)
    if seat:
        PaymentLine.objects.filter(enrollment=place).update(enrollment=seat)


@transaction.atomic
def replace(buyer: User, place: Enrollment) -> None:
    """Free a seat of somebody who never came, so that the company can name another.

    Raises Refused for who has been there, and once the last session has begun.
    """
    list(ledger.locked_lines(enrollment=place))
    row = seats.locked(place)
    if row.state != Enrollment.State.ACTIVE:
        raise Refused(_("This person is not on your seat any more."))
    if not group_seats.never_came(row):
        raise Refused(_("They have taken part already, so the seat stays theirs."))
    if not group_seats.can_name(row.cohort):
        raise Refused(_("The last session has begun, so seats get no new names any more."))
    hand_back(row, buyer)

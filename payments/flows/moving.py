"""Moving: the seat is held (transaction), the page for a difference is made (none open)."""

from cohorts.models import Cohort, Enrollment, Subgroup
from payments.flows import checkout
from payments.models import Payment
from payments.services import moving
from studyplatform.accounts.models import User


def begin(
    member: User, place: Enrollment, to: Cohort, *, seen: str, subgroup: Subgroup | None = None
) -> Payment | None:
    """Move somebody, or return the payment of the difference they still have to pay. Raises Refused."""
    payment = moving.move(member, place, to, seen=seen, subgroup=subgroup)
    return checkout.advance(payment) if payment else None

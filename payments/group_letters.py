"""Letters about money to companies that buy seats; stored in the transaction of the verb that causes them."""

from typing import Any

from cohorts.models import SeatGroup
from payments.letters import address
from payments.models import Payment
from studyplatform.mail.services.letters import write


def paid(payment: Payment, group: SeatGroup) -> None:
    """Tell a company that its seats are its own: receipt, and how people get on them."""
    _to(group, "group_paid", f"group-paid:{payment.pk}", payment=payment, receipt=getattr(payment, "receipt", None))


def no_seats(payment: Payment, group: SeatGroup, cause: str) -> None:
    """Tell a company that its money came too late or twice, and all of it goes back."""
    if cause != "called_off":  # told there
        _to(group, "group_no_seats", f"group-no-seats:{payment.pk}", payment=payment, cause=cause)


def called_off(group: SeatGroup, amount: int) -> None:
    """Tell a company that the cohort does not take place, and what of its money comes back (minor units)."""
    _to(group, "group_called_off", f"group-called-off:{group.pk}", amount=amount)


def _to(group: SeatGroup, template: str, key: str, **context: Any) -> None:
    of = {"group": group, "cohort": group.cohort, "study": group.cohort.study}
    url = address("seat_group", group.public_id)
    about = f"seat_group:{group.pk}"
    write(to=group.buyer, key=key, template=f"payments/{template}", context={**of, "url": url, **context}, about=about)

"""Letters about money to companies that buy seats; stored in the transaction of the verb that causes them."""

from collections.abc import Iterable
from typing import Any

from cohorts.models import Enrollment, SeatGroup
from payments import sealed
from payments.letters import address
from payments.models import DepositOrder, Payment
from studyplatform.accounts.models import User
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


def _to(group: SeatGroup, template: str, key: str, to: User | None = None, *, kind: str = "", **context: Any) -> None:
    of = {"group": group, "cohort": group.cohort, "study": group.cohort.study}
    told = {**of, "url": address("seat_group", group.public_id), **context}
    about = f"seat_group:{group.pk}"
    write(to=to or group.buyer, kind=kind, key=key, template=f"payments/{template}", context=told, about=about)


def _desk(group: SeatGroup) -> str:
    return address("studio_seat_groups", group.cohort.study.slug, group.cohort.number)


def lost(payment: Payment, group: SeatGroup) -> None:
    """Tell a company that its bank took back what it paid, so that its seats have ended."""
    _to(group, "group_lost", f"group-lost:{payment.pk}", payment=payment)


def invoiced(payment: Payment, group: SeatGroup) -> None:
    """Send a company its invoice: its seats, how much, until when, how to pay."""
    _to(group, "group_invoice", f"group-invoice:{payment.pk}", **_asked(payment, payment.amount))


def invoice_soon(payment: Payment, group: SeatGroup, missing: int, *, last: bool) -> None:
    """Remind a company that its invoice is to be paid soon; once some days before, once on the eve.

    `missing`: what has not come of it, in minor units.
    """
    key = f"group-invoice-soon:{payment.pk}:{payment.expires_at:%Y-%m-%d}:{'eve' if last else 'days'}"
    _to(group, "group_invoice_soon", key, **_asked(payment, missing))


def overdue(payment: Payment, group: SeatGroup, hosts: Iterable[User], missing: int) -> None:
    """Tell a company that its day is over and its seats stand until the host decides; and the hosts so."""
    key = f"group-overdue:{payment.pk}:{payment.expires_at:%Y-%m-%d}"
    _to(group, "group_overdue", key, **_asked(payment, missing))
    desk = _desk(group)
    for host in hosts:
        _to(group, "group_overdue_host", f"{key}:{host.pk}", to=host, url=desk, payment=payment, missing=missing)


def extended(payment: Payment, group: SeatGroup, missing: int) -> None:
    """Tell a company that it has more time."""
    key = f"group-extended:{payment.pk}:{payment.expires_at:%Y-%m-%d}"
    _to(group, "group_extended", key, **_asked(payment, missing))


def ended(payment: Payment, group: SeatGroup) -> None:
    """Tell a company that its seats have ended since they were not paid for."""
    _to(group, "group_ended", f"group-ended:{payment.pk}", payment=payment)


def seat_ended(place: Enrollment, group: SeatGroup, *, given_back: bool = False) -> None:
    """Tell somebody that their company's seat has ended, why, and what stays theirs."""
    key, url = f"group-seat-ended:{place.pk}", address("home")
    _to(group, "group_seat_ended", key, to=place.person, url=url, given_back=given_back)


def given_back(group: SeatGroup, places: list[Enrollment], amount: int, order: DepositOrder | None) -> None:
    """Tell a company how many seats it gave back, what comes back (minor units) and where to; once for each."""
    key = f"group-seats-back:{group.pk}:{places[0].pk}"
    _to(group, "group_seats_back", key, n=len(places), amount=amount, order=order)


def seats_came_back(group: SeatGroup, host: User, places: list[Enrollment], amount: int, left: int) -> None:
    """Tell a host how many seats came back, how many are `left`, what the company gets (minor units), who sat there.

    A letter like that of a member who leaves, which can be stopped.
    """
    key = f"group-seats-came-back:{group.pk}:{places[0].pk}:{host.pk}"
    names = ", ".join(place.person.name for place in places if place.person_id)
    told = {"n": len(places), "amount": amount, "left": left, "names": names, "url": _desk(group)}
    _to(group, "group_seats_came_back", key, to=host, kind="member_left", **told)


def _asked(payment: Payment, missing: int) -> dict[str, Any]:
    order = getattr(payment, "deposit_order", None)
    number = sealed.number_of(order.account) if order else ""
    return {"payment": payment, "order": order, "number": number, "missing": missing, "came": payment.amount - missing}

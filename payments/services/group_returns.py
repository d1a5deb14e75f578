"""A company gives seats back by the refund rule of its quote: shown first, seat by seat, then free at once.

What is owed is each line's, as when a member leaves; it goes back the way the company paid. Lock order: group, line,
enrollment, seats.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import clock, faces
from cohorts import refunds as rules
from cohorts.models import Cohort, Enrollment, SeatGroup
from cohorts.policies import subgroup_of
from cohorts.refunds import Rung
from cohorts.services import group_seats, seat_groups, seats
from payments import group_letters, letters
from payments.models import DepositOrder, Payment, PaymentLine
from payments.services import deposit_orders, holds, ledger, refunds, seat_money
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

CAUSE = "seat_back"


@dataclass(frozen=True)
class Back:
    """What giving one seat back brings now, in minor units: the rule's part of what was paid, less what came back."""

    place: Enrollment
    paid: int
    returned: int
    rungs: list[Rung]
    now: Rung | None  # the rung in force; None: the rule gives nothing any more

    @property
    def by_rule(self) -> int:
        """What the rule gives."""
        return self.now.amount if self.now else 0

    @property
    def amount(self) -> int:
        """What comes back now."""
        return max(0, self.by_rule - self.returned)


@dataclass(frozen=True)
class Quote:
    """What giving some seats back brings, all together and seat by seat."""

    seats: list[Back]

    @property
    def amount(self) -> int:
        """What comes back for all of them, in minor units."""
        return sum(one.amount for one in self.seats)

    @property
    def by_rule(self) -> int:
        """What the rule gives for all of them."""
        return sum(one.by_rule for one in self.seats)

    @property
    def returned(self) -> int:
        """What of them came back before."""
        return sum(one.returned for one in self.seats)


def offered(group: SeatGroup) -> bool:
    """Tell whether a company can give seats back: it has paid, and its cohort is not over."""
    return group.state == SeatGroup.State.PAID and group.cohort.state not in Cohort.OVER


def quote(group: SeatGroup, places: Iterable[Enrollment] | None = None) -> Quote:
    """Return what comes back for some seats of a company, or for each it could give back."""
    chosen = list(group_seats.returnable(group) if places is None else places)
    paid: dict[int, list[PaymentLine]] = {}
    lines = list(seat_money.lines_of(chosen))
    for line in lines:
        paid.setdefault(line.enrollment_id, []).append(line)
    gone, starts, since = holds.came_back(lines), clock.starts(group.cohort), _bought_at(group)
    return Quote([_back(group, place, paid.get(place.pk, []), gone, starts, since) for place in chosen])


def _bought_at(group: SeatGroup) -> datetime:
    """Return when a company accepted its quote: the rule counts the sessions from then on."""
    asked = Payment.objects.filter(Q(state=Payment.State.PAID) | Q(provider=Payment.Provider.INVOICE))
    accepted: datetime | None = asked.filter(lines__enrollment__group=group).aggregate(at=Min("created_at"))["at"]
    return accepted or group.created_at


def _back(
    group: SeatGroup,
    place: Enrollment,
    lines: list[PaymentLine],
    gone: dict[int, int],
    starts: list[datetime],
    since: datetime,
) -> Back:
    paid, returned = sum(line.amount for line in lines), sum(gone[line.pk] for line in lines)
    rungs = rules.ladder(group.policy, paid, starts, group.cohort.tz, since)
    return Back(place, paid, returned, rungs, rules.in_force(rungs, timezone.now()))


def chosen(group: SeatGroup, names: Iterable[str]) -> list[Enrollment]:
    """Return the seats a company chose by their public ids. Raises Refused where one of them cannot be given back."""
    wanted = set(names)
    found = list(group_seats.returnable(group).filter(public_id__in=wanted))
    if not wanted or len(found) != len(wanted):
        raise Refused(_("Who sits on your seats has just changed. Choose again."), field="seats", code="changed")
    return found


def order_of(group: SeatGroup) -> DepositOrder | None:
    """Return the order that knows where a company's deposit goes back to; None for money that came by card."""
    paid = Payment.objects.filter(state=Payment.State.PAID, lines__enrollment__group=group)
    return DepositOrder.objects.filter(payment__in=paid).first()


def account_wanted(group: SeatGroup) -> DepositOrder | None:
    """Return the order of a deposit of which nobody has said where money would go back to; None: it goes by itself."""
    order = order_of(group)
    return order if order and not order.account_sealed else None


@transaction.atomic
def give_back(
    buyer: User, group: SeatGroup, names: Iterable[str], *, seen: int, account: dict[str, str] | None = None
) -> int:
    """End seats of a company and owe what the rule of its quote gives for them; return that amount, in minor units.

    `seen` is what it was shown; `account` (bank, holder, account) is where a deposit goes back to. Raises Refused with
    code "changed" for another amount or other seats by now, "over", "invited", "disputed" or "account".
    """
    row = seat_groups.locked(group)
    lines = list(ledger.locked_lines(enrollment__group=row))
    _refuse_unless_offered(row, lines)
    places = [seats.locked(place) for place in chosen(row, names)]
    asked = quote(row, places)
    if asked.amount != seen:
        raise Refused(_("What comes back has just changed. Look at it again before you confirm."), code="changed")
    _refuse_invited(row, places)
    order = _named(row, account) if asked.amount else None
    for one in asked.seats:
        _end(one, row, buyer)
    _tell(row, places, asked.amount, order, _left(row, len(places), buyer))
    return asked.amount


def _refuse_unless_offered(row: SeatGroup, lines: list[PaymentLine]) -> None:
    if not offered(row):
        raise Refused(_("These seats cannot be given back: they are not paid for, or the cohort is over."), code="over")
    if any(holds.pending(line) for line in {line.payment_id: line for line in lines}.values()):
        raise Refused(_("Your bank is deciding about this payment. Wait for that first."), code="disputed")


def _refuse_invited(row: SeatGroup, places: list[Enrollment]) -> None:
    going = sum(place.person_id is None for place in places)
    if group_seats.unnamed(row).count() - going < group_seats.asked(row).count():
        sentence = _("Some of these seats are kept for people you have written to. Take back their invitations first.")
        raise Refused(sentence, field="seats", code="invited")


def _named(row: SeatGroup, account: dict[str, str] | None) -> DepositOrder | None:
    """Note where a company's deposit goes back to; return the order that knows it, of money that came by deposit."""
    wanted = account_wanted(row)
    if wanted and not account:
        raise Refused(_("Say where the money goes back to."), field="account", code="account")
    if wanted and account:
        deposit_orders.name_account(wanted, **account)
    return order_of(row)


def _left(row: SeatGroup, number: int, buyer: User) -> int:
    """Note that so many seats were given back, end the group with its last one; return how many it has now."""
    left: int = row.places.filter(state__in=Enrollment.SEATED).count()
    note = f"{number} given back"
    if left:
        history.record(row, row.state, row.state, buyer, note=note)
    else:
        history.move(row, SeatGroup.State.ENDED, buyer, note=note)
    return left


def _tell(row: SeatGroup, places: list[Enrollment], amount: int, order: DepositOrder | None, left: int) -> None:
    group_letters.given_back(row, places, amount, order)
    for host in faces.hosts(row.cohort):
        group_letters.seats_came_back(row, host, places, amount, left)


def _end(one: Back, row: SeatGroup, buyer: User) -> None:
    """Free one seat as when its member leaves: group, turns, who leads it is told; and owe what comes back."""
    place = one.place
    leader = faces.partner_of(subgroup_of(place)) if place.person_id else None
    for line, part in seat_money.spread(place, one.amount) if one.amount else []:
        refunds.owe(line, part, CAUSE, buyer)
    seats.release(place, Enrollment.State.CANCELLED, buyer)
    if place.person_id:
        group_letters.seat_ended(place, row, given_back=True)
    if leader:
        letters.member_left(place, leader)

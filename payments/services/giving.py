"""Giving one's seat to somebody: they take it by a link in a letter; until then it is its giver's.

What was paid stays booked as it is: the lines of the seat are those of the new place from then on, and what comes back
of them goes to who paid. Lock order: payment, cohort, line, enrollment, gift, as everywhere in payments.
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import clock, faces
from cohorts.models import Cohort, Enrollment, SeatGift
from cohorts.models.seat_gift import LIFE
from cohorts.policies import subgroup_of
from cohorts.services import passing, seats
from payments import giving_letters as letters
from payments.models import Payment, PaymentLine
from payments.services import agreements, dues, holds, leaving, ledger, releases
from studyplatform.accounts.models import User
from studyplatform.kit import errors, history
from studyplatform.kit.errors import Refused

MOST_A_DAY = 10  # people one seat may be offered to
DAY = datetime.timedelta(days=1)
State = SeatGift.State


@transaction.atomic
def offer(member: User, place: Enrollment, *, name: str, email: str, words: str = "") -> SeatGift:
    """Offer one's seat to whoever has this address. Raises Refused when it cannot be given, or is offered already."""
    row = seats.locked(place)
    until = min(timezone.now() + LIFE, _last_start(row))
    refuse_unless_givable(row)
    address = email.strip().lower()
    _refuse_address(row, address)
    gift: SeatGift = SeatGift.objects.create(
        enrollment=row, name=name.strip(), email=address, words=words.strip(), expires_at=until
    )
    history.record(gift, "", gift.state, member)
    letters.offered(gift)
    return gift


def _last_start(row: Enrollment) -> datetime.datetime:
    """Return when the last session begins: with it a seat is worth nothing any more."""
    return max(clock.starts(row.cohort), default=timezone.now())


def refuse_unless_givable(row: Enrollment) -> None:
    """Raise Refused when this place cannot be given to anybody now, in words for who has it."""
    leaving.refuse_unless_in(row)
    if row.group_id:
        raise Refused(_("A company bought this seat, so it is for the company to give. Ask who has its list."))
    if not row.cohort.study.gives_seats:
        raise Refused(_("In this study seats are not given to others. Ask your host, they can change it."))
    if not releases.to_come(row.cohort).filter(starts_at__gt=timezone.now()).exists():
        raise Refused(_("The last session has begun, so there is nothing left to give."), code="over")
    if row.moved_to.filter(state__in=Enrollment.SEATED).exists():
        raise Refused(_("You are moving to another cohort right now. Finish that, or let it go first."), code="moving")
    if any(holds.touched(line) or holds.pending(line) for line in _paid(row)):
        raise Refused(
            _("A bank is deciding about this payment, or has decided. Its seat cannot be given."), code="disputed"
        )


def _paid(row: Enrollment) -> QuerySet[PaymentLine]:
    return PaymentLine.objects.filter(enrollment=row, payment__state=Payment.State.PAID)


def why_not(place: Enrollment) -> str:
    """Return why a place cannot be given now, or ""."""
    return errors.why_not(refuse_unless_givable, place)


def _refuse_address(row: Enrollment, address: str) -> None:
    if waiting(row):
        raise Refused(_("You have offered it already. Take that back before you offer it to somebody else."))
    if address == row.person.email.lower():
        raise Refused(_("That is your own address."), field="email")
    if User.objects.filter(email__iexact=address, is_active=False).exists():
        raise Refused(_("Who has this address cannot take a seat here."), field="email")
    if row.gifts.filter(created_at__gt=timezone.now() - DAY).count() >= MOST_A_DAY:
        raise Refused(_("You have asked many people today. Go on tomorrow."), field="email")


def waiting(place: Enrollment) -> SeatGift | None:
    """Return the offer of a seat that has not ended, also when its time is just over."""
    found: SeatGift | None = place.gifts.filter(state=State.PENDING).first()
    return found


@transaction.atomic
def take_back(member: User, place: Enrollment) -> bool:
    """Take back the offer that waits for an answer; False when it does not wait any more."""
    seats.locked(place)
    standing = waiting(place)
    if standing:
        _end(standing, State.WITHDRAWN, member)
    return standing is not None


@transaction.atomic
def accept(person: User, gift: SeatGift, *, recording: bool = False) -> Enrollment:
    """Take a seat that is given: its price, rule, group and what was paid for it go along; return their place.

    Raises Refused when the offer has ended, is for another address, or the seat cannot be given or taken now.
    """
    _lock_money(gift.enrollment)
    row = _open(gift)
    old = row.enrollment
    _refuse_unless_free_to_go(old)
    refuse_unless_theirs(person, row)
    leader = faces.partner_of(subgroup_of(old))
    new = passing.pass_on(old, person)
    _paid(old).update(enrollment=new)
    agreements.agree(person, recording=recording)
    _end(row, State.TAKEN, person, place=new)
    letters.taken(row, leader)
    return new


def _lock_money(place: Enrollment) -> None:
    """Lock all that moves a seat's money: whoever looks at its lines meanwhile waits, and finds them where they are."""
    paid = Payment.objects.filter(lines__enrollment=place).values("pk")
    list(Payment.objects.select_for_update(no_key=True).filter(pk__in=paid).order_by("pk"))
    dues.locked(place.cohort_id)
    list(ledger.locked_lines(enrollment=place))


def _refuse_unless_free_to_go(place: Enrollment) -> None:
    """Raise Refused when a seat cannot be given now, in words for who would take it."""
    why = why_not(place)
    if why:
        words = _("This seat cannot go over to you any more, or not now. Ask %(giver)s about it.")
        raise Refused(words % {"giver": place.person.name}, code="gone")


def why_not_theirs(person: User, gift: SeatGift) -> str:
    """Return why a person cannot take the seat they are offered, or ""."""
    taken = errors.why_not(_refuse_unless_free_to_go, gift.enrollment)
    return taken or errors.why_not(refuse_unless_theirs, person, gift)


def refuse_unless_theirs(person: User, gift: SeatGift) -> None:
    """Raise Refused when this person cannot take the seat: another address than the offer's, or a seat here already."""
    if person.email.lower() != gift.email:
        raise Refused(
            _("This was sent to another address than yours. Sign in with the one it came to."), code="not_yours"
        )
    standing = gift.enrollment.cohort.enrollments.filter(person=person, state__in=Enrollment.LIVE).first()
    if standing:
        passing.refuse_unless_outside(standing)


@transaction.atomic
def decline(gift: SeatGift, person: User | None = None) -> None:
    """Say no to a seat. Whoever holds the letter may; its giver is told. Raises Refused when the offer has ended."""
    row = _open(gift)
    _end(row, State.DECLINED, person)
    letters.declined(row)


def _open(gift: SeatGift) -> SeatGift:
    row = _locked(gift)
    if not row.is_open:
        raise Refused(_("This offer has ended, or its time is over."), code="moved_on")
    return row


def _locked(gift: SeatGift) -> SeatGift:
    """Return an offer's row, locked after its seat's, which is fresh too."""
    place = seats.locked(gift.enrollment)
    row: SeatGift = SeatGift.objects.select_for_update().get(pk=gift.pk)
    row.enrollment = place
    return row


def _end(row: SeatGift, to: str, actor: User | None = None, **fields: Any) -> None:
    """Move an offer to its end; the address is of no use any more."""
    told = row.email
    letters.take_back(row)
    history.move(row, to, actor, email="", **fields)
    if to in (State.WITHDRAWN, State.GONE):
        letters.gone(row, told)


def over() -> QuerySet[SeatGift]:
    """Return offers that wait though their time is over, or the seat is not its giver's any more."""
    standing = Q(enrollment__state=Enrollment.State.ACTIVE) & ~Q(enrollment__cohort__state__in=Cohort.OVER)
    return SeatGift.objects.filter(Q(expires_at__lte=timezone.now()) | ~standing, state=State.PENDING)


@transaction.atomic
def end_if_over(gift: SeatGift) -> None:
    """End an offer nobody answered in time, or whose seat is gone, and tell them; a second call does nothing."""
    row = _locked(gift)
    if row.state != State.PENDING:
        return
    place = row.enrollment
    if place.state != Enrollment.State.ACTIVE or place.cohort.state in Cohort.OVER:
        _end(row, State.GONE)
    elif not row.is_open:
        _end(row, State.EXPIRED)
        letters.expired(row)

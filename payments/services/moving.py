"""Moving to a later cohort of the study: what the refund rule gives comes along; a difference is paid, or comes back.

Lock order: cohort, line, enrollment, seats, as everywhere in payments.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cohorts import prices as bounds
from cohorts import pricing
from cohorts.models import Cohort, Enrollment, Subgroup
from cohorts.policies import public_cohorts
from cohorts.services import credit_uses, scholarships, seats
from payments.models import Payment
from payments.services import leaving, ledger, payments, seat_money, travel
from studyplatform.accounts.models import User
from studyplatform.kit import errors
from studyplatform.kit.errors import Refused

State = Enrollment.State


@dataclass(frozen=True)
class Move:
    """What moving means in money, in minor units: what comes along of what was paid, and what the new seat costs."""

    paid: int
    along: int
    price: int
    currency: str
    waived: bool = False  # the host asks no difference
    outside: int = 0  # what of `back` the host gives, who was paid elsewhere
    credit: int = 0  # comes along and is taken off: `price` is what is left
    credit_back: int = 0  # comes along and is not used for the new seat

    @property
    def full_price(self) -> int:
        """What the new seat costs before credit is taken off."""
        return self.price + self.credit

    @property
    def due(self) -> int:
        """What is still to be paid; a difference below the least price is not asked for."""
        missing = self.price - self.along
        return missing if not self.waived and missing >= max(1, bounds.least(self.currency)) else 0

    @property
    def back(self) -> int:
        """What comes back, when the new seat costs less than what comes along."""
        return max(0, self.along - self.price)

    @property
    def ours(self) -> int:
        """What of that comes back from us."""
        return self.back - self.outside

    @property
    def carried(self) -> int:
        """What of the old seat's money pays for the new one."""
        return self.along - self.back

    @property
    def stays(self) -> int:
        """What stays with the earlier cohort, for the sessions that were held."""
        return self.paid - self.along

    @property
    def word(self) -> str:
        """The move in one word, as the page sends it along."""
        return f"{self.along}-{self.price}-{self.currency}"


def later(place: Enrollment) -> QuerySet[Any]:
    """Return the cohorts one can move to from a place, the next first, with what a seat costs now (`amount`)."""
    cohort = place.cohort
    if place.group_id:  # its company's seat, for this cohort
        return Cohort.objects.none()
    found = public_cohorts().filter(study=cohort.study_id, state=Cohort.State.OPEN, currency=cohort.currency)
    free = found.filter(starts_on__gt=cohort.starts_on).exclude(
        enrollments__in=Enrollment.objects.filter(person=place.person_id, state__in=Enrollment.BELONGS)
    )
    return pricing.with_offer(free.select_related("study", "seats", "policy")).order_by("starts_on", "number")


def quote(place: Enrollment, to: Cohort, *, whole: bool = False, waived: bool = False) -> Move:
    """Return what moving from a place to a cohort means now; with `whole` all that was paid comes along."""
    kept = to.enrollments.filter(person=place.person_id, state__in=Enrollment.HOLDS).first()
    price = kept.price if kept else scholarships.now(place.person, to)[0]  # an offered seat's price is agreed
    found = _asked(place, price, whole=whole, waived=waived)
    outside = seat_money.outside(place, found.along) - seat_money.outside(place, found.carried)
    return replace(found, outside=outside if found.back else 0)


def pending(place: Enrollment) -> Payment | None:
    """Return the payment of the difference somebody is paying right now."""
    found: Payment | None = Payment.objects.filter(
        lines__enrollment__moved_from=place, lines__enrollment__state=State.HELD, state__in=payments.LIVE
    ).first()
    return found


@transaction.atomic
def move(member: User, place: Enrollment, to: Cohort, *, seen: str, subgroup: Subgroup | None = None) -> Payment | None:
    """Move somebody to a later cohort; return the payment for the difference, or None when they are there.

    Until the difference is paid they keep the place they have. `seen` is the move the page showed (`Move.word`). Raises
    Refused as `seats.hold` does, with code "changed", or "over" and "gone" when there is nothing to move from.
    """
    row, new = _held(place, to, subgroup)
    standing = pending(row)
    if standing:
        return standing
    asked = _asked(row, new.price)
    _refuse_changed(asked, seen)
    _keep(new, row, asked)
    if asked.due:
        return payments.ask(member, new, asked.due)
    _arrive(new, asked, member)
    return None


@transaction.atomic
def move_for(host: User, place: Enrollment, to: Cohort, *, seen: str, whole: bool) -> None:
    """Move a member to a later cohort for them: nothing is asked for, and with `whole` all that was paid comes along.

    Raises Refused as `move` does.
    """
    row, new = _held(place, to, None, by_host=True)
    asked = _asked(row, new.price, whole=whole, waived=True)
    _refuse_changed(asked, seen)
    _keep(new, row, asked)
    _arrive(new, asked, host, share=credit_uses.WHOLE if whole else None)


def _held(
    place: Enrollment, to: Cohort, subgroup: Subgroup | None, *, by_host: bool = False
) -> tuple[Enrollment, Enrollment]:
    """Return the locked place somebody has, and a seat held for them in the later cohort."""
    seats.kept_as_it_is(to)
    list(ledger.locked_lines(enrollment=place))
    row = seats.locked(place)
    leaving.refuse_unless_in(row)
    _refuse_disputed(row)
    if not later(row).filter(pk=to.pk).exists():
        raise Refused(_("One can only move to a later cohort of the same study that is open."), code="closed")
    _refuse_another_way_in(row, to)
    return row, seats.hold(row.person, to, subgroup=subgroup, by_host=by_host)


def _refuse_disputed(row: Enrollment) -> None:
    if row.payment_lines.filter(disputed__gt=0).exists():
        raise Refused(
            _("A bank is deciding about this payment, or has decided. Its seat cannot move."), code="disputed"
        )


def why_not(place: Enrollment) -> str:
    """Return why no later cohort helps: the money of a place is not there to come along; or ""."""
    return errors.why_not(_refuse_disputed, place)


def _refuse_another_way_in(row: Enrollment, to: Cohort) -> None:
    """A seat they are paying for already, or a move to another cohort, is ended or let go first."""
    held = to.enrollments.filter(person=row.person, state=State.HELD).exclude(moved_from=row)
    elsewhere = row.moved_to.filter(state__in=Enrollment.SEATED).exclude(cohort=to)
    if held.exists() or elsewhere.exists():
        raise Refused(_("You are paying for another seat right now. Finish that, or let it go first."), code="paying")


def _asked(row: Enrollment, price: int, *, whole: bool = False, waived: bool = False) -> Move:
    """Return what a move to a seat at `price` means: credit that comes along is taken off first, as at joining."""
    by_rule = leaving.quote(row)
    along = seat_money.room(row) if whole else by_rule.amount
    credit = credit_uses.used_for(row) if whole else by_rule.credit
    used = credit_uses.off(price, credit, row.currency)
    paid = by_rule.paid - by_rule.returned
    return Move(paid, along, price - used, row.currency, waived, credit=used, credit_back=credit - used)


def _refuse_changed(asked: Move, seen: str) -> None:
    if asked.word != seen:
        raise Refused(_("What the move costs has just changed. Look at it again before you move."), code="changed")


def _keep(new: Enrollment, old: Enrollment, asked: Move) -> None:
    """Note where somebody comes from and what the seat costs them; what they said and what led them here stays."""
    new.moved_from = old
    new.price = asked.carried + asked.due
    new.credit += asked.credit
    new.introduction = new.introduction or old.introduction
    new.came_from_kind, new.came_from_id, new.given_by = old.came_from_kind, old.came_from_id, old.given_by
    kept = ("moved_from", "price", "credit", "introduction", "came_from_kind", "came_from_id", "given_by")
    new.save(update_fields=kept)


def _arrive(new: Enrollment, asked: Move, actor: User, *, share: Fraction | None = None) -> None:
    if not travel.arrive(new, asked.carried, back=asked.back, share=share, actor=actor):
        raise Refused(_("What the move costs has just changed. Look at it again before you move."), code="changed")

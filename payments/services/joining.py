"""Joining: a seat held and the payment for it, in one step; what somebody saw and chose comes along."""

from typing import Any, NamedTuple, TypedDict, Unpack

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrollment, Seats, Subgroup
from cohorts.policies import held_in
from cohorts.services import introductions, seats
from payments.models import Payment
from payments.services import deposit_plans, payments
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused


class Choices(TypedDict, total=False):
    """What somebody who joins saw and chose: offer, subgroup, a line about themselves, the post that led them here."""

    subgroup: Subgroup | None
    seen: str  # the offer the page showed, as `offer` writes it
    introduction: str
    came_from: tuple[str, str]
    coupon: str
    credit: bool  # left out: what they have is used
    provider: str  # left out: the one begun with, else Stripe


class Offer(NamedTuple):
    """What a new seat costs, and under which refund rule."""

    price: int
    currency: str
    policy_id: int


def open_for(member: User, cohort: Cohort, **choices: Unpack[Choices]) -> Payment:
    """Hold a seat and return the payment for it; a free seat is given at once.

    Again, from another tab or later, it returns the same payment while that one can still be paid. Raises Refused
    with the codes of `seats.hold`, and "being_paid" when the last seats are only held.
    """
    try:
        return _open(member, cohort, choices)
    except Refused as refused:
        if refused.code == "already_in" and not _belongs(member, cohort):
            return _open(member, cohort, choices)  # the other tab was a moment faster
        being_paid = refused.code == "sold_out" and full_because(cohort) == "being_paid"
        raise _being_paid() if being_paid else refused from None


@transaction.atomic
def _open(member: User, cohort: Cohort, choices: Choices) -> Payment:
    came_from = choices.get("came_from", ("", ""))
    provider = choices.get("provider", Payment.Provider.STRIPE)
    if provider == Payment.Provider.BANK and not _waits_for_deposit(member, cohort):
        deposit_plans.refuse_unless_room(cohort, member)
    enrollment = seats.hold(
        member,
        cohort,
        subgroup=choices.get("subgroup"),
        came_from=came_from,
        coupon=choices.get("coupon", ""),
        credit=choices.get("credit", True),
    )
    if choices.get("seen", "") not in ("", offer(enrollment)):
        raise Refused(
            _("The price or the refund rule has just changed. Look at it again before you pay."), code="changed"
        )
    if choices.get("introduction"):
        introductions.introduce(enrollment, choices["introduction"])
    standing: Payment | None = Payment.objects.filter(lines__enrollment=enrollment, state__in=payments.LIVE).first()
    return standing or payments.ask(member, enrollment, enrollment.price, provider)


def _waits_for_deposit(member: User, cohort: Cohort) -> bool:
    standing = standing_of(member, cohort)
    return bool(standing and standing.provider == Payment.Provider.BANK)


def standing_of(member: User, cohort: Cohort) -> Payment | None:
    """Return the payment somebody is in the middle of, if any."""
    own = {"lines__enrollment__cohort": cohort, "lines__enrollment__group": None}  # not the seats of their company
    found = Payment.objects.filter(buyer=member, state__in=payments.LIVE, **own)
    standing: Payment | None = found.order_by("-pk").first()
    return standing


def offer(priced: Any) -> str:
    """Return what a seat costs and under which rule, in one word: of an enrollment, or of what one would be."""
    return f"{priced.price}-{priced.currency}-{priced.policy_id}"


def _belongs(member: User, cohort: Cohort) -> bool:
    return cohort.enrollments.filter(person=member, state__in=Enrollment.BELONGS).exists()


def full_because(cohort: Cohort) -> str:
    """Return why nobody can take a seat now: "being_paid" while one may still come free by itself, else "sold_out"."""
    free = Seats.objects.filter(cohort=cohort, taken__lt=F("capacity"))  # for those in line, within a minute
    return "being_paid" if held_in(cohort).exists() or free.exists() else "sold_out"


def _being_paid() -> Refused:
    return Refused(_("The last seats are being paid for right now."), code="being_paid")

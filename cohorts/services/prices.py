"""Prices: set by the host, taken with a seat; an early one for the first so many is never given to more."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cohorts import prices, pricing
from cohorts.models import Cohort, Enrollment, Price
from cohorts.pricing import Early
from studyplatform.kit.errors import Refused

Kind = Price.Kind


def set_for(cohort: Cohort, amount: int, early: Early | None) -> None:
    """Write a cohort's prices, for new seats. Raises Refused with the bounds, or when early is not lower."""
    prices.check(amount, cohort.currency)
    if early:
        _check_early(cohort, amount, early)
    Price.objects.update_or_create(cohort=cohort, kind=Kind.STANDARD, defaults={"amount": amount})
    if early:
        Price.objects.update_or_create(cohort=cohort, kind=Kind.EARLY_BIRD, defaults=dict(early))
    else:
        Price.objects.filter(cohort=cohort, kind=Kind.EARLY_BIRD).delete()


def _check_early(cohort: Cohort, amount: int, early: Early) -> None:
    try:
        prices.check(early["amount"], cohort.currency)
    except Refused as refused:
        raise Refused(refused.sentence, field="early_price") from None
    if not 0 < early["amount"] < amount:
        raise Refused(_("An early price is lower than the price, and not free."), field="early_price")
    if not early["until"] and not early["first"]:
        raise Refused(_("Say until when it holds, or for how many seats."), field="early_until")


def now(cohort: Cohort) -> tuple[int, str]:
    """Return what a seat would cost now (minor units) and the kind of price it is; nothing is taken."""
    row = Price.objects.filter(pricing.in_force(), cohort=cohort).order_by("amount")[0]
    return _part(cohort, row), row.kind


def take(cohort: Cohort, shown: tuple[int, str]) -> tuple[int, str]:
    """Take the price `now` has just told for one seat; the standard one when the last early seat went meanwhile.

    The early price's row is updated under its condition, so that the first so many are exactly so many. Its lock comes
    before that of the seats.
    """
    early = Price.objects.filter(pricing.in_force(), cohort=cohort, kind=Kind.EARLY_BIRD)
    if shown[1] != Kind.EARLY_BIRD or early.update(used=F("used") + 1):
        return shown
    return _part(cohort, Price.objects.get(cohort=cohort, kind=Kind.STANDARD)), Kind.STANDARD


def take_again(enrollment: Enrollment) -> None:
    """Count an early seat that was given back and paid for after all; its price was promised."""
    _count(enrollment, 1)


def give_back(enrollment: Enrollment) -> None:
    """Let somebody else have the early price of a seat nobody paid for."""
    _count(enrollment, -1)


def _count(enrollment: Enrollment, by: int) -> None:
    if enrollment.price_kind == Kind.EARLY_BIRD:
        rows = Price.objects.filter(cohort=enrollment.cohort_id, kind=Kind.EARLY_BIRD)
        (rows.filter(used__gt=0) if by < 0 else rows).update(used=F("used") + by)


def _part(cohort: Cohort, price: Price) -> int:
    return pricing.part_of(price.amount, *pricing.sessions_of(cohort), cohort.currency)

"""What a seat costs whoever looks at the joining form: with the code, the scholarship and the credit it speaks of."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cohorts.models import Coupon, Enrollment, ScholarshipApplication
from cohorts.services import coupons, credit_uses, scholarships
from payments.forms.join import KEEP, JoinForm
from studyplatform.kit.errors import Refused


@dataclass(frozen=True)
class Asked:
    """What is asked for a seat, in minor units, and what made it that."""

    full: int  # before credit
    credit: int  # what of it credit pays, unless it is kept
    credit_kept: bool
    coupon: Coupon | None
    yes: ScholarshipApplication | None
    trouble: str  # why the code in the form takes nothing off, or ""

    @property
    def price(self) -> int:
        """What is left to pay."""
        return self.full if self.credit_kept else self.full - self.credit


def asked(request: HttpRequest, cohort: Any, own: Enrollment | None, form: JoinForm) -> Asked:
    """Return what a seat costs the reader now; one that is held already keeps the price it was held at."""
    coupon, trouble = (None, "") if own else _coupon(request, cohort, form)
    full = coupons.less(coupon, cohort.amount, cohort.currency) if coupon else cohort.amount
    full = own.price + own.credit if own else full
    yes = None if own else _scholarship(request, cohort, full)
    if yes:
        coupon, trouble, full = None, str(scholarships.not_lower()) if coupon else trouble, yes.price or 0
    kept = form["credit"].value() == KEEP and not (own and own.credit)
    return Asked(full, _credit(request, cohort, own, full), kept, coupon, yes, trouble)


def _credit(request: HttpRequest, cohort: Any, own: Enrollment | None, price: int) -> int:
    """Return what of their credit a seat at this price would use; of a seat held already, what was taken off."""
    if not request.user.is_authenticated or not credit_uses.can_use(own):
        return own.credit if own else 0
    return credit_uses.usable(request.user, cohort, price)


def _scholarship(request: HttpRequest, cohort: Any, price: int) -> ScholarshipApplication | None:
    """Return the reader's scholarship where it is no more than the price they would pay without it."""
    yes = scholarships.standing(request.user, cohort) if getattr(cohort, "scholarship", None) else None
    lower = scholarships.lower(yes, cohort.amount)
    return yes if lower is not None and lower <= price else None


def _coupon(request: HttpRequest, cohort: Any, form: JoinForm) -> tuple[Coupon | None, str]:
    """Return the coupon whose code stands in the form, or why it cannot be used."""
    code = str(form["coupon"].value() or "")
    member = request.user if request.user.is_authenticated else None
    try:
        return (coupons.find(code, cohort, member) if code and cohort.amount else None), ""
    except Refused as refused:
        return None, str(refused)

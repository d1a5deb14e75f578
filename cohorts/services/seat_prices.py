"""What a seat costs whoever looks at joining: with their code, scholarship and credit. Nothing is taken."""

from dataclasses import dataclass
from typing import Any

from cohorts.models import Coupon, Enrollment, ScholarshipApplication
from cohorts.policies import Reader
from cohorts.services import coupons, credit_uses, scholarships
from studyplatform.kit.errors import Refused


@dataclass(frozen=True)
class Asked:
    """What is asked for a seat, in minor units, and what made it that."""

    full: int  # before credit
    credit: int  # what of it credit pays, unless it is kept
    credit_kept: bool
    coupon: Coupon | None = None
    yes: ScholarshipApplication | None = None
    trouble: Refused | None = None  # why the code takes nothing off

    @property
    def price(self) -> int:
        """What is left to pay."""
        return self.full if self.credit_kept else self.full - self.credit


def asked(reader: Reader, cohort: Any, own: Enrollment | None, *, code: str = "", keep: bool = False) -> Asked:
    """Return what a seat in a cohort costs the reader now; `own`, held for or offered to them, keeps its price.

    The cohort has its `amount` (`pricing.with_amount`). With `keep` credit that could be used now is not.
    """
    full, why = (own.price + own.credit, {}) if own else _new(reader, cohort, code)
    credit, can_use = own.credit if own else 0, credit_uses.can_use(own)
    if reader.is_authenticated and can_use:
        credit = credit_uses.usable(reader, cohort, full)
    return Asked(full, credit, keep and can_use, **why)


def _new(reader: Reader, cohort: Any, code: str) -> tuple[int, dict[str, Any]]:
    """Return what a new seat costs before credit, and why: a scholarship stands alone where it is no more."""
    coupon, trouble = _coupon(reader, cohort, code)
    full = coupons.less(coupon, cohort.amount, cohort.currency) if coupon else cohort.amount
    yes = scholarships.standing(reader, cohort) if getattr(cohort, "scholarship", None) else None
    lower = scholarships.lower(yes, cohort.amount)
    if lower is None or lower > full:
        return full, {"coupon": coupon, "trouble": trouble}
    return lower, {"yes": yes, "trouble": scholarships.not_lower() if coupon else trouble}


def _coupon(reader: Reader, cohort: Any, code: str) -> tuple[Coupon | None, Refused | None]:
    member = reader if reader.is_authenticated else None
    try:
        return (coupons.find(code, cohort, member) if code and cohort.amount else None), None
    except Refused as refused:
        return None, refused

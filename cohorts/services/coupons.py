"""Coupons: made by hosts, taken with a seat under their limit, given back when nobody paid.

One order for everybody: the lowest price in force, the part for the sessions to come, then one coupon, never below the
least price a seat can have; only a coupon that takes all of it makes a seat free.
"""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import prices
from cohorts.models import Cohort, Coupon, Enrollment, Study
from cohorts.models.terms import PER_CENT
from studyplatform.accounts.models import User
from studyplatform.kit import money
from studyplatform.kit.errors import Refused


@transaction.atomic
def make(
    study: Study,
    code: str,
    *,
    limit: int,
    percent: int | None = None,
    amount: int | None = None,
    currency: str = "",
    cohort: Cohort | None = None,
    ends_at: datetime.datetime | None = None,
    carried_by: str = "",
) -> Coupon:
    """Make a coupon of a study, or of one cohort; `amount` in minor units. Raises Refused when the code is taken."""
    try:
        with transaction.atomic():
            return Coupon.objects.create(
                study=study,
                cohort=cohort,
                code=written(code),
                limit=limit,
                percent=percent,
                amount=amount,
                currency=currency if amount else "",
                ends_at=ends_at,
                carried_by=carried_by,
            )
    except IntegrityError:
        raise Refused(_("This code is taken. Choose another one."), field="code") from None


def switch_off(coupon: Coupon) -> bool:
    """Let nobody use a coupon any more; seats held or bought with it stay. False when it was off."""
    return bool(Coupon.objects.filter(pk=coupon.pk, off_at=None).update(off_at=timezone.now()))


def written(code: str) -> str:
    """Return a code as it is kept: in capitals, without spaces and marks nobody sees, as come along from a chat."""
    return "".join(sign for sign in code if sign.isprintable() and sign != " ").upper()


def find(code: str, cohort: Cohort, member: User | None = None) -> Coupon:
    """Return the coupon behind a code, if it can be used for a seat in the cohort now. Raises Refused with why not."""
    coupon = Coupon.objects.filter(Q(cohort=None) | Q(cohort=cohort), study=cohort.study_id, code=written(code)).first()
    if not coupon or coupon.off_at or (coupon.amount and coupon.currency != cohort.currency):
        raise _refused(_("We know no such code for this cohort. Look at how it is written."))
    if coupon.ends_at and coupon.ends_at <= timezone.now():
        raise _refused(_("This code has run out."))
    if coupon.used >= coupon.limit:
        raise _refused(_("This code has been used as often as it can be."))
    if member and _uses(coupon, member) >= coupon.per_person:
        raise _refused(_("You have used this code already."))
    return coupon


def _refused(sentence: object) -> Refused:
    return Refused(str(sentence), field="coupon", code="coupon")


def _uses(coupon: Coupon, member: User) -> int:
    return Enrollment.objects.filter(coupon=coupon, person=member, state__in=Enrollment.SEATED).count()


def less(coupon: Coupon, amount: int, currency: str) -> int:
    """Return what is left of a price (minor units) with a coupon; free, or at least the least price."""
    off = coupon.amount or money.share(amount, (coupon.percent or 0) * PER_CENT)
    return prices.less(amount, off, currency)


def take(code: str, enrollment: Enrollment) -> Coupon:
    """Use a coupon for a seat just held. Raises Refused with field "coupon"; under its limit whoever asks at once."""
    coupon = find(code, enrollment.cohort, enrollment.person)
    if not Coupon.objects.filter(pk=coupon.pk, off_at=None, used__lt=F("limit")).update(used=F("used") + 1):
        raise _refused(_("This code has been used as often as it can be."))
    return coupon


def give_back(enrollment: Enrollment) -> None:
    """Let a coupon be used again whose seat nobody paid for."""
    if enrollment.coupon_id:
        Coupon.objects.filter(pk=enrollment.coupon_id, used__gt=0).update(used=F("used") - 1)


def take_again(enrollment: Enrollment) -> None:
    """Count a coupon whose seat was paid for after all; past its limit too, as its price was promised."""
    if enrollment.coupon_id:
        row = Coupon.objects.filter(pk=enrollment.coupon_id)
        row.update(used=F("used") + 1, limit=Greatest("limit", F("used") + 1))

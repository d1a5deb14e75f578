"""Credit taken off seats, and given back as credit: by the part of the seat that is given back, never as money.

A promise of the host, so nothing is booked: a seat simply costs less. Lock order: enrollment, credit by number, seats.
"""

import datetime
from collections.abc import Sequence
from fractions import Fraction

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import credit_letters, prices
from cohorts.models import Cohort, Credit, CreditUse, Enrollment
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused

WHOLE = Fraction(1)
LASTS = datetime.timedelta(days=30)  # what comes back from a seat that was taken can be used for at least so long


def usable(person: User, cohort: Cohort, price: int) -> int:
    """Return what of somebody's credit a seat at `price` would take, in minor units; nothing is taken."""
    unused = F("amount") - F("spent") - F("withdrawn") - F("expired")
    held = _of(person.pk, cohort).aggregate(sum=Sum(unused))["sum"] or 0
    return off(price, held, cohort.currency)


def can_use(own: Enrollment | None) -> bool:
    """Tell whether joining takes credit off now: for a new seat, or one that was offered; else it is done already."""
    return own is None or (own.state == Enrollment.State.OFFERED and not own.credit)


def off(price: int, credit: int, currency: str) -> int:
    """Return what of a credit comes off a price, in minor units: all of the price, or down to the least price."""
    return price - prices.less(price, credit, currency)


def take_off(row: Enrollment) -> None:
    """Use its person's credit for a seat just held, and lower the row's price; the caller saves price and credit."""
    found = _locked(row)
    used = off(row.price, sum(credit.left for credit in found), row.currency)
    _use(row, found, used)
    row.price, row.credit = row.price - used, row.credit + used


def spend_again(row: Enrollment) -> None:
    """Use credit again for a seat that was given back unpaid; its price was promised less it. Raises Refused."""
    spend(row, row.credit - used_for(row))


def spend(row: Enrollment, amount: int) -> None:
    """Use just `amount` (minor units) of credit for a seat. Raises Refused with code "credit" when there is less."""
    if amount > 0:
        _use(row, _locked(row), amount)


def used_for(row: Enrollment) -> int:
    """Return what credit a seat uses now, in minor units: what was taken off, less what came back."""
    return int(row.credit_uses.aggregate(sum=Sum(F("amount") - F("returned")))["sum"] or 0)


@transaction.atomic
def give_back(row: Enrollment, share: Fraction = WHOLE) -> int:
    """Bring what came back of a seat's credit up to its share, rounded half up; return what came back now.

    Credit of a seat that was taken can be used for a while longer, and its member is told. That of a seat given to
    somebody goes to who gave it.
    """
    while row.given_by_id and row.moved_from and not row.credit:
        row = row.moved_from
    if not row.credit:
        return 0
    back = _return(row, part(row, share))
    if back and row.state not in Enrollment.HOLDS:
        credit_letters.returned(row, back)
    return back


@transaction.atomic
def carry(old: Enrollment, new: Enrollment, share: Fraction) -> None:
    """Let credit go along: its share of the old seat comes back, at least what the new one was promised, and is used.

    Raises Refused when what was promised is not there any more.
    """
    asked = new.credit - used_for(new)
    back = _return(old, max(part(old, share), old.credit - used_for(old) + asked)) if old.credit else 0
    spend(new, asked)
    if back > asked:
        credit_letters.returned(old, back - asked)


def part(row: Enrollment, share: Fraction) -> int:
    """Return the share of a seat's credit, rounded half up, in minor units."""
    return int(row.credit * share + Fraction(1, 2))


def due(row: Enrollment, share: Fraction) -> int:
    """Return what would come back of a seat's credit by a share, less what came back before; in minor units."""
    return max(0, part(row, share) - row.credit + used_for(row)) if row.credit else 0


def _of(person: int | None, cohort: Cohort) -> QuerySet[Credit]:
    holds = Q(ends_at=None) | Q(ends_at__gt=timezone.now())
    return Credit.objects.filter(holds, person=person, study=cohort.study_id, currency=cohort.currency)


def _locked(row: Enrollment) -> list[Credit]:
    """Lock a person's credit by number, in one order for everybody; return it with what ends first in front."""
    found = list(_of(row.person_id, row.cohort).select_for_update(no_key=True).order_by("pk"))
    return sorted(found, key=lambda credit: (credit.ends_at is None, credit.ends_at, credit.pk))


def _use(row: Enrollment, found: Sequence[Credit], amount: int) -> None:
    for credit in found:
        taken = min(amount, credit.left)
        amount -= taken
        if taken:
            CreditUse.objects.create(credit=credit, enrollment=row, amount=taken)
    if amount:
        raise Refused(_("Your credit was used elsewhere a moment ago. Look at the price again."), code="credit")


def _return(row: Enrollment, whole: int) -> int:
    """Have `whole` of a seat's credit come back in all; what was used last comes first. Returns what is new of it."""
    used = Credit.objects.filter(pk__in=row.credit_uses.values("credit"))
    credits = {credit.pk: credit for credit in used.select_for_update(no_key=True).order_by("pk")}
    uses = list(row.credit_uses.filter(amount__gt=F("returned")).order_by("-pk"))
    back = rest = max(0, whole - row.credit + sum(use.amount - use.returned for use in uses))
    for use in uses:
        taken = min(rest, use.amount - use.returned)
        if not taken:
            break
        rest -= taken
        if row.state not in Enrollment.HOLDS:
            _lengthen(credits[use.credit_id])
        CreditUse.objects.filter(pk=use.pk).update(returned=F("returned") + taken)
    return back - rest


def _lengthen(credit: Credit) -> None:
    """Let a credit be used for a while from now on; what nobody used in its time is gone."""
    if credit.ends_at:
        gone = credit.left if credit.is_over else 0
        until = max(credit.ends_at, timezone.now() + LASTS)
        Credit.objects.filter(pk=credit.pk).update(ends_at=until, expired=F("expired") + gone)
        credit.ends_at, credit.expired = until, credit.expired + gone

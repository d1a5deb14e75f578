"""What was withheld and invoiced: a payee's year, and the files an accountant hands in.

The file of people is what the simplified statements of business income (간이지급명세서, each month) and the yearly one
(지급명세서, until 10 March) are filled from: a row per person and month. It is no file Hometax reads itself.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models.terms import PER_CENT
from payments.models import Payee, Payout
from payments.sealed import RESIDENT, InvalidToken, open_seal
from payments.services import taxes
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused
from studyplatform.kit.months import Month

SERVICES = "940909"  # the tax office's code for services of people not named otherwise (기타자영업)


@dataclass(frozen=True)
class Year:
    """Payouts of a year with their sums, in won."""

    rows: list[Payout]

    @property
    def gross(self) -> int:
        """Before tax."""
        return sum(row.gross for row in self.rows)

    @property
    def income(self) -> int:
        """Income tax."""
        return sum(row.income_tax for row in self.rows)

    @property
    def local(self) -> int:
        """Local income tax."""
        return sum(row.local_tax for row in self.rows)

    @property
    def sent(self) -> int:
        """What reached them."""
        return sum(row.amount for row in self.rows)


@dataclass(frozen=True)
class Invoiced:
    """A payout to a business: the price before VAT, and the VAT."""

    payout: Payout

    @property
    def vat(self) -> int:
        """The VAT in it."""
        return self.payout.vat

    @property
    def supply(self) -> int:
        """The rest."""
        return self.payout.amount - self.payout.vat


def _paid_in(year: int) -> QuerySet[Payout]:
    zone = timezone.get_default_timezone()
    begins, ends = (datetime.datetime(one, 1, 1, tzinfo=zone) for one in (year, year + 1))
    paid: QuerySet[Payout] = Payout.objects.filter(state=Payout.State.PAID)
    return paid.filter(paid_at__gte=begins, paid_at__lt=ends).order_by("paid_at", "pk")


def years(payee: Payee) -> list[int]:
    """Return the years a payee was paid in, newest first."""
    zone = timezone.get_default_timezone()
    found = payee.payouts.filter(state=Payout.State.PAID).datetimes("paid_at", "year", order="DESC", tzinfo=zone)
    return [at.year for at in found]


def withheld_from(payee: Payee, year: int) -> Year:
    """Return what a payee was paid in a year as a person."""
    return Year(list(_of_people(year).filter(payee=payee)))


def invoiced_by(payee: Payee, year: int) -> list[Invoiced]:
    """Return what a payee was paid in a year as a business."""
    return [Invoiced(row) for row in _of_businesses(year).filter(payee=payee)]


def _of_people(year: int) -> QuerySet[Payout]:
    return _paid_in(year).filter(Q(income_tax__gt=0) | Q(local_tax__gt=0))


def _of_businesses(year: int) -> QuerySet[Payout]:
    return _paid_in(year).exclude(business_number="")


def people_header() -> list[str]:
    """Return the names of the columns of the file of people."""
    return [
        *(_("Name"), _("Resident registration number"), _("Kind of business"), _("Month paid in"), _("Payouts")),
        *(_("Before tax, won"), _("Rate, %"), _("Income tax, won"), _("Local income tax, won"), _("Sent, won")),
    ]


def people(admin: User, year: int) -> list[list[Any]]:
    """Return a row per person and month; who fetched it is kept. Raises Refused when a number cannot be read."""
    history.record(admin, "", "tax file", admin, note=f"people {year}")
    found: dict[tuple[int, Month], list[Payout]] = {}
    for row in _of_people(year).select_related("payee__taxpayer", "payee__person"):
        found.setdefault((row.payee_id, Month.of(row.paid_at or row.created_at)), []).append(row)
    return [_of_person(month, Year(rows)) for (_payee, month), rows in sorted(found.items(), key=lambda pair: pair[0])]


def _of_person(month: Month, paid: Year) -> list[Any]:
    payee, rate = paid.rows[0].payee, f"{taxes.INCOME / PER_CENT:g}"
    sums = (paid.gross, rate, paid.income, paid.local, paid.sent)
    return [payee.holder, _number(payee), SERVICES, str(month), len(paid.rows), *sums]


def _number(payee: Payee) -> str:
    sealed = taxes.taxpayer(payee).resident_sealed
    try:
        number = open_seal(sealed, RESIDENT) if sealed else ""
    except InvalidToken:  # the key of this installation has changed since
        sentence = _("The number of %(person)s cannot be read. Ask them to enter it again.")
        raise Refused(sentence % {"person": payee.person}) from None
    return f"{number[:6]}-{number[6:]}" if number else ""


def businesses_header() -> list[str]:
    """Return the names of the columns of the file of businesses."""
    return [
        *(_("Name"), _("Business number"), _("Payout"), _("Paid on"), _("Before VAT, won"), _("VAT, won")),
        _("Together, won"),
    ]


def businesses(year: int) -> Iterator[list[Any]]:
    """Yield a row per payout to a business: what its tax invoice says."""
    for row in _of_businesses(year).select_related("payee__taxpayer").iterator(chunk_size=2_000):
        one, name = Invoiced(row), taxes.taxpayer(row.payee).business_name
        day = timezone.localdate(row.paid_at, timezone.get_default_timezone())
        yield [name, row.business_number, f"P{row.pk}", day.isoformat(), one.supply, one.vat, row.amount]

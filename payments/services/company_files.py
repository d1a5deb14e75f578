"""What an accountant needs to write tax invoices for companies that bought seats: a year's file, in won.

VAT is known where the study's payee is a business that has named how it is taxed; of all others its column stays
empty, for the accountant to decide (docs/decisions/0028-tax-invoices-for-companies.md).
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import SeatGroup
from payments.models import Payment
from payments.services import company_vat, group_sales
from studyplatform.accounts.models import User
from studyplatform.kit import history


def header() -> list[str]:
    """Return the names of the columns of the file."""
    return [
        *(_("Quote"), _("Business number"), _("Company"), _("Contact"), _("E-mail for the invoice"), _("State")),
        *(_("Seats"), _("Date of supply"), _("Cohort begins"), _("Cohort ends"), _("Supply value, won"), _("VAT, won")),
        *(_("Together, won"), _("Paid to"), _("Taxed")),
    ]


def rows(admin: User, year: int) -> Iterator[list[Any]]:
    """Yield a row per company that paid in a year, or accepted an invoice in it and has not paid yet; who fetched it is
    kept."""
    history.record(admin, "", "tax file", admin, note=f"companies {year}")
    paid, owing = _paid_in(year), _owing_since(year)
    for group in [*paid, *owing]:
        yield _row(group, getattr(group, "paid_at", None))


def _bounds(year: int) -> tuple[datetime.datetime, datetime.datetime]:
    zone = timezone.get_default_timezone()
    begins, ends = (datetime.datetime(one, 1, 1, tzinfo=zone) for one in (year, year + 1))
    return begins, ends


def _paid_in(year: int) -> QuerySet[Any]:
    begins, ends = _bounds(year)
    states = (SeatGroup.State.PAID, SeatGroup.State.LOST, SeatGroup.State.ENDED)
    known = _groups().filter(state__in=states, places__payment_lines__payment__state=Payment.State.PAID)
    found = known.annotate(paid_at=Min("places__payment_lines__payment__paid_at"))
    return found.filter(paid_at__gte=begins, paid_at__lt=ends).order_by("paid_at", "pk")


def _owing_since(year: int) -> QuerySet[SeatGroup]:
    begins, ends = _bounds(year)
    asked = _groups().filter(state__in=SeatGroup.OWING, created_at__gte=begins, created_at__lt=ends)
    return asked.order_by("created_at", "pk")


def _groups() -> QuerySet[SeatGroup]:
    return SeatGroup.objects.filter(currency="KRW").select_related("cohort__study__payee__profile")


def _row(group: SeatGroup, paid_at: datetime.datetime | None) -> list[Any]:
    amount = group_sales.kept(group) if paid_at else group.amount
    known = company_vat.of(group, amount)
    business, vat = (known.business, known.amount) if known else (None, None)
    day = timezone.localdate(paid_at, timezone.get_default_timezone()).isoformat() if paid_at else ""
    named = [group.number, group.business_shown, group.company, group.contact, group.contact_email]
    begins, ends = group.cohort.starts_on.isoformat(), group.cohort.ends_on.isoformat()
    when = [group.get_state_display(), group.size, day, begins, ends]
    taxed = _("business, VAT in it") if business and business.pays_vat else _("business, no VAT") if business else ""
    who = business.business_name if business else str(group.cohort.study.payee)
    vat_cells = [amount - (vat or 0), "" if vat is None else vat, amount]
    return [*named, *when, *vat_cells, who, taxed or _("unknown: the payee has named no business under payouts, tax")]

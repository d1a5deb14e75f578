"""The VAT in what a company paid: known where the study's payee is a business that has said how it is taxed.

Of all others it stays empty, for an accountant to decide (docs/decisions/0028-tax-invoices-for-companies.md).
"""

from dataclasses import dataclass

from cohorts.models import SeatGroup
from payments.models import Payee, Taxpayer
from payments.services import taxes
from studyplatform.accounts.models import User


@dataclass(frozen=True)
class Vat:
    """What is known of it: who is paid, as which business, and the VAT in won; None where nobody can tell yet."""

    payee: User
    business: Taxpayer | None
    amount: int | None


def of(group: SeatGroup, total: int) -> Vat | None:
    """Return the VAT in `total` of a company's money (won); None for seats in another currency."""
    if group.currency != "KRW":
        return None
    payee = group.cohort.study.payee
    known = Payee.objects.select_related("taxpayer").filter(person=payee).first()
    business = taxes.business(known) if known else None
    return Vat(payee, business, _in(total, business) if business else None)


def _in(total: int, business: Taxpayer) -> int:
    return taxes.vat_in(total) if business.pays_vat else 0


def is_asked_of(host: User, known: Payee | None) -> bool:
    """Tell whether companies bought seats in won of somebody who has named no business: VAT is unknown until then."""
    if known and taxes.business(known):
        return False
    sold = SeatGroup.objects.filter(cohort__study__payee=host, currency="KRW", state__in=SeatGroup.SEATED)
    return sold.exists()

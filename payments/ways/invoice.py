"""Invoice: a company uses its seats, and pays for them until a day; by deposit with a code, or by card beside it."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from payments.models import Payment, Refund
from payments.services import invoices, refunds
from payments.truth import Page
from payments.ways.way import Shown

title = _("Invoice")
says = _("For companies: the seats are yours now, the money comes until a day.")


def offered(cohort: Cohort) -> bool:
    """Never to who buys one seat."""
    return False


def begin(payment: Payment) -> Payment:
    """An invoice is open from its first moment."""
    return payment


def look(payment: Payment) -> tuple[Payment, Page | None]:
    """Remind before the day, say so after it, end it where the seats have ended or were paid another way."""
    return invoices.look(payment), None


def next_look(payment: Payment) -> datetime.datetime:
    """When the company is to be reminded, then when the day is over; after that once a day."""
    return invoices.next_look(payment.expires_at or timezone.now())


def close(payment: Payment, *, keep_seat: bool = False) -> Payment:
    """What was accepted is owed: only its host ends it."""
    return payment


def shown(payment: Payment, page: Page | None) -> Shown:
    """The company's own page says how it stands."""
    return Shown("waiting", {})


def give_back(refund: Refund) -> None:
    """Somebody sends it from the bank (`refunds.sent_by_hand`)."""
    refunds.by_hand(refund)

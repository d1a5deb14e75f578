"""The books of a month for an accountant: every entry of the ledger, in the order it was booked, read in pieces."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.causes import event
from payments.models import LedgerAccount, LedgerEntry
from payments.services.statements import with_occasion
from studyplatform.accounts.models import User
from studyplatform.kit import money
from studyplatform.kit.months import Month

HOST, PERSON = "account__cohort__study__payee", "account__person"
COLUMNS = (
    *("transaction__at", "transaction__cause", "transaction_id", "account__kind", "account__cohort__number"),
    *("account__person__profile__pen_name", "study", "number", "session"),
    *("transaction__line__payment__public_id", "transaction__line__payment__receipt__number"),
    *("account__currency", "amount"),
)


def header() -> list[str]:
    """Return the names of the columns."""
    return [
        *(_("Date"), _("What happened"), _("Transaction"), _("Cause"), _("Account"), _("Whose account")),
        *(_("Study"), _("Cohort"), _("Session"), _("Payment"), _("Receipt"), _("Currency")),
        *(_("Debit"), _("Credit"), _("Debit, minor units"), _("Credit, minor units")),
    ]


def rows(month: Month, host: User | None = None) -> Iterator[list[Any]]:
    """Yield the month's entries as cells: everything, or what moved a host's money and that of their cohorts."""
    found = _entries(month, host).order_by("transaction__at", "transaction_id", "pk").values_list(*COLUMNS)
    kinds = dict(LedgerAccount.Kind.choices)
    for row in found.iterator(chunk_size=2_000):
        yield _cells(row, kinds)


def _entries(month: Month, host: User | None) -> QuerySet[LedgerEntry]:
    within = LedgerEntry.objects.filter(transaction__at__gte=month.begins, transaction__at__lt=month.ends)
    named = with_occasion(within)
    if host is None:
        return named
    same = LedgerEntry.objects.filter(Q(**{HOST: host}) | Q(**{PERSON: host}), transaction=OuterRef("transaction"))
    return named.filter(Exists(same))


def _cells(row: tuple[Any, ...], kinds: dict[Any, Any]) -> list[Any]:
    at, cause, pk, kind, number, person, *about, currency, amount = row
    whose = person or (f"{about[0]} {number}" if number else "")
    day = timezone.make_naive(at, timezone.get_default_timezone()).replace(microsecond=0)
    return [
        *(day, event(cause), pk, cause, str(kinds.get(kind, kind)), whose, *about, currency),
        *in_and_out(amount, currency),
        *(amount if amount > 0 else None, -amount if amount < 0 else None),
    ]


def in_and_out(amount: int, currency: str) -> tuple[Decimal | None, Decimal | None]:
    """Return a signed amount as two columns in the currency's own unit: no cell begins with a minus."""
    value = money.major(abs(amount), currency)
    return (value, None) if amount > 0 else (None, value)

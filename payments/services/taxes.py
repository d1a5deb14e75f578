"""Taxes on payouts in Korea: 3.3 % withheld from people, tax invoices of businesses, resident numbers while needed.

Of what a person is paid 3 % are income tax (소득세법 제129조 제1항 제3호), and a tenth of that is local income tax,
each cut to ten won (국고금 관리법 제47조). A business sends a tax invoice and gets all of it.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import letters
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction, Payee, Payout, Taxpayer
from payments.sealed import RESIDENT, seal
from payments.services import ledger
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import BASIS
from studyplatform.kit.months import Month

INCOME, LOCAL = 300, 1_000  # basis points: of what is paid, and of the income tax
CUT = 10  # won
VAT = 1_000  # basis points on top of the price before it
UNUSED = datetime.timedelta(days=90)  # a number nothing was paid under is erased then
Kind = LedgerAccount.Kind
TAXES = (Kind.INCOME_TAX, Kind.LOCAL_TAX)


@dataclass(frozen=True)
class Withheld:
    """What of an amount is withheld, in won."""

    income: int = 0
    local: int = 0

    @property
    def sum(self) -> int:
        """Both taxes."""
        return self.income + self.local


def of_person(gross: int) -> Withheld:
    """Return what is withheld of an amount in won paid to a person."""
    income = gross * INCOME // BASIS // CUT * CUT
    return Withheld(income, income * LOCAL // BASIS // CUT * CUT)


def in_korea(payee: Payee) -> bool:
    """Whether Korea's taxes are ours to care for: who lives there and is paid in won."""
    return payee.country == "KR" and payee.currency == "KRW" and payee.rail == Payee.Rail.BANK_FILE


def taxpayer(payee: Payee) -> Taxpayer:
    """Return how a payee is taxed; who has said nothing is a person without a number, not kept yet."""
    known: Taxpayer | None = getattr(payee, "taxpayer", None)
    return known or Taxpayer(payee=payee)


def is_person(payee: Payee) -> bool:
    """Whether tax is withheld from a payee."""
    return in_korea(payee) and taxpayer(payee).kind == Taxpayer.Kind.PERSON


def business(payee: Payee) -> Taxpayer | None:
    """Return the business a payee is paid as, if they are."""
    known = taxpayer(payee)
    return known if in_korea(payee) and known.kind == Taxpayer.Kind.BUSINESS else None


def withheld(payee: Payee, gross: int) -> Withheld:
    """Return what is withheld of a payout of `gross` to a payee."""
    return of_person(gross) if is_person(payee) else Withheld()


def lacks_number(payee: Payee) -> bool:
    """Whether a payee cannot be paid before they have named their resident number."""
    return is_person(payee) and not taxpayer(payee).resident_sealed


def vat_in(total: int) -> int:
    """Return the VAT that is in an amount, in won: a tenth of the rest, cut to a won."""
    return total * VAT // (BASIS + VAT)


@transaction.atomic
def as_person(person: User) -> Taxpayer:
    """Note that somebody is paid as a person."""
    return _choose(person, kind=Taxpayer.Kind.PERSON, business_number="", business_name="")


@transaction.atomic
def as_business(person: User, *, number: str, name: str, pays_vat: bool) -> Taxpayer:
    """Note that somebody is paid as a business; `number` was looked at before (payments/numbers.py)."""
    return _choose(person, kind=Taxpayer.Kind.BUSINESS, business_number=number, business_name=name, pays_vat=pays_vat)


def _choose(person: User, **what: object) -> Taxpayer:
    row = _locked(person)
    before = row.kind
    for name, value in what.items():
        setattr(row, name, value)
    row.save(update_fields=[*what])
    history.record(row, before, row.kind, person, note=row.business_number)
    return row


def _locked(person: User) -> Taxpayer:
    payee = Payee.objects.select_for_update(no_key=True).filter(person=person).first()
    if not payee or not in_korea(payee):
        raise Refused(_("Name a Korean bank account first."))
    return Taxpayer.objects.get_or_create(payee=payee)[0]


@transaction.atomic
def name_resident(person: User, number: str) -> Taxpayer:
    """Keep a person's resident number, sealed, until its day; `number` was looked at before. Raises Refused."""
    row = _locked(person)
    if row.kind != Taxpayer.Kind.PERSON:
        raise Refused(_("You are paid as a business, so we need no resident number."))
    row.resident_sealed, row.resident_last = seal(number, RESIDENT), number[-1]
    row.resident_until = timezone.now() + UNUSED
    row.save(update_fields=["resident_sealed", "resident_last", "resident_until"])
    history.record(row, row.kind, "number named", person)
    return row


def ask(payees: Iterable[Payee]) -> None:
    """Ask those whose payout is due for their resident number; once a month at most."""
    for payee in payees:
        letters.resident_asked(payee)


def keep_numbers(payouts: Iterable[Payout]) -> None:
    """Keep the numbers of who is paid now until the year's file is with the tax office, and a quarter for mistakes."""
    people = [row.payee_id for row in payouts if row.withheld]
    Taxpayer.objects.filter(payee__in=people).exclude(resident_sealed="").update(resident_until=kept_until())


def kept_until() -> datetime.datetime:
    """Return when a number used now is erased: on 10 June after the year it is paid in.

    The year's file is due on 10 March (소득세법 제164조). What is written in December may be paid in January.
    """
    zone = timezone.get_default_timezone()
    paid_in = (timezone.now() + datetime.timedelta(days=31)).astimezone(zone).year
    return datetime.datetime(paid_in + 1, 6, 10, tzinfo=zone)


@transaction.atomic
def remit(month: Month) -> LedgerTransaction:
    """Book that what was withheld in a month left our bank for the tax offices; again it returns what stands.

    Raises Refused before the month is over, and when nothing was withheld in it.
    """
    if month >= Month.of(timezone.now()):
        raise Refused(_("This month is not over yet."))
    due = {ledger.account(kind, "KRW"): in_month(kind, month) for kind in TAXES}
    if not any(due.values()):
        raise Refused(_("Nothing was withheld in this month."))
    return ledger.post(f"tax-paid:{month}", {**due, ledger.account(Kind.BANK, "KRW"): -sum(due.values())})


def in_month(kind: str, month: Month) -> int:
    """Return what of a tax was withheld in a month, less what went back with payouts that failed, in won."""
    entries = LedgerEntry.objects.filter(account__kind=kind, transaction__cause__startswith="payout")
    within = entries.filter(transaction__at__gte=month.begins, transaction__at__lt=month.ends)
    return -int(within.aggregate(total=Sum("amount"))["total"] or 0)


def outlived() -> QuerySet[Taxpayer]:
    """Return who has a resident number nothing needs any more."""
    return Taxpayer.objects.exclude(resident_sealed="").filter(resident_until__lte=timezone.now())


@transaction.atomic
def forget(taxpayer: Taxpayer) -> None:
    """Erase a resident number whose day has come; a second call does nothing."""
    row = outlived().select_for_update().filter(pk=taxpayer.pk).first()
    if row:
        row.resident_sealed, row.resident_last, row.resident_until = "", "", None
        row.save(update_fields=["resident_sealed", "resident_last", "resident_until"])
        history.record(row, row.kind, "number erased", note="its day came")

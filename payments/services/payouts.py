"""Payouts: what people are owed, written once a week; nothing is written twice."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import letters
from payments.models import LedgerAccount, LedgerEntry, Payee, Payout
from payments.services import ledger, reserves, taxes
from studyplatform.accounts.models import User
from studyplatform.kit import history, money, queue
from studyplatform.kit.errors import Refused

Kind = LedgerAccount.Kind
MINIMUM = {"KRW": 10_000, "USD": 1_000, "JPY": 1_000}  # minor units; less waits for the next week


def minimums(currencies: Collection[str] = tuple(MINIMUM)) -> list[str]:
    """Return from how much on a payout is made, as people write it, one per currency."""
    return [money.show(amount, currency) for currency, amount in MINIMUM.items() if currency in currencies]


def next_run() -> datetime.datetime:
    """Return when the next weekly run begins, in UTC: Monday 06:00 in Seoul (see studyplatform/schedule.py)."""
    now = timezone.now().astimezone(datetime.UTC)
    sunday = (now + datetime.timedelta(days=(6 - now.weekday()) % 7)).replace(
        hour=21, minute=0, second=0, microsecond=0
    )
    return sunday if sunday > now else sunday + datetime.timedelta(weeks=1)


def owed(person_id: int, currency: str) -> int:
    """Return what the person can be paid now, in minor units; below zero when refunds took back more."""
    return -ledger.balance(ledger.payable(person_id, currency))


def available(person_id: int, currency: str) -> int:
    """Return what a run would pay now, in minor units: what is owed less what is held back."""
    return owed(person_id, currency) - reserves.held([person_id]).get((person_id, currency), 0)


@transaction.atomic
def run() -> int:
    """Draft a payout for every payee whose balance passes the minimum; return how many were written.

    The payees are locked before their balances are read, so that two runs at once cannot both see the same money.
    """
    locked = Payee.objects.select_for_update(no_key=True).filter(enabled=True).order_by("pk")
    payees = list(locked.prefetch_related("taxpayer"))  # read once the lock is held
    _take_back_misfits()
    people = [payee.person_id for payee in payees]
    balances, held = _balances(people), reserves.held(people)
    keys = [(payee.person_id, payee.currency) for payee in payees]
    owing = [(payee, balances.get(key, 0) - held.get(key, 0)) for payee, key in zip(payees, keys, strict=True)]
    due = [(payee, amount) for payee, amount in owing if amount >= MINIMUM[payee.currency]]
    taxes.ask(payee for payee, _amount in due if taxes.lacks_number(payee))
    rows = [_payout(payee, amount) for payee, amount in due if not taxes.lacks_number(payee)]
    _draft(Payout.objects.bulk_create(rows))
    taxes.keep_numbers(rows)
    _send([row for row in rows if row.payee.rail == Payee.Rail.STRIPE])
    return len(rows)


def _payout(payee: Payee, gross: int) -> Payout:
    """A payout with its taxes as they are now: a payee taxed another way later does not change what was paid."""
    tax, business = taxes.withheld(payee, gross), taxes.business(payee)
    return Payout(
        payee=payee,
        amount=gross - tax.sum,
        income_tax=tax.income,
        local_tax=tax.local,
        business_number=business.business_number if business else "",
        vat=taxes.vat_in(gross) if business and business.pays_vat else 0,
        currency=payee.currency,
    )


def fitting() -> QuerySet[Payout]:
    """Return payouts whose payee is still paid by bank file, in their currency."""
    bank: QuerySet[Payout] = Payout.objects.filter(payee__rail=Payee.Rail.BANK_FILE, payee__enabled=True)
    return bank.filter(payee__currency=F("currency"))


def waiting() -> QuerySet[Payout]:
    """Return payouts a batch made now would hold."""
    return fitting().filter(state=Payout.State.DRAFTED, batch=None)


def not_made_anew() -> QuerySet[Payout]:
    """Return payouts the bank or Stripe sent back whose payee has had none since."""
    later = Payout.objects.filter(payee=OuterRef("payee"), pk__gt=OuterRef("pk"))
    return Payout.objects.filter(state=Payout.State.FAILED).exclude(Exists(later))


def _take_back_misfits() -> None:
    """Whose payee is paid another way since they were written, and nobody has put into a batch: written anew."""
    waiting = Payout.objects.select_for_update(of=("self",)).filter(state=Payout.State.DRAFTED, batch=None)
    for row in waiting.exclude(pk__in=fitting().values("pk")).select_related("payee").order_by("pk"):
        take_back(row)


def take_back(row: Payout) -> None:
    """Put the money of a locked payout nobody has sent into the balance again."""
    history.move(row, Payout.State.VOID, note="paid another way now")
    ledger.post(f"payout-void:{row.pk}", given_back(row))


def _send(rows: list[Payout]) -> None:
    """What goes to somebody's own account at Stripe needs no second person: see docs/decisions/0009."""
    history.move_all(rows, Payout.State.APPROVED, due_at=timezone.now())
    queue.wake("payments.drain_payouts")


def _balances(people: list[int]) -> dict[tuple[int, str], int]:
    """Return what people are owed, by person id and currency."""
    entries = LedgerEntry.objects.filter(account__kind=Kind.PAYABLE, account__person__in=people)
    sums = entries.values_list("account__person", "account__currency").annotate(net=Sum("amount"))
    return {(person, currency): -net for person, currency, net in sums}


def _draft(payouts: list[Payout]) -> None:
    """Take the money of new payouts out of the balances."""
    history.record_births(payouts)
    for currency in sorted({payout.currency for payout in payouts}):
        of_it = [payout for payout in payouts if payout.currency == currency]
        owed_to = ledger.payables((payout.payee.person_id for payout in of_it), currency)
        places = {kind: ledger.account(kind, currency) for kind in (Kind.PAYING, *_taxed(of_it))}
        ledger.post_all(
            [ledger.Posting(f"payout:{row.pk}", _taken(row, owed_to[row.payee.person_id], places)) for row in of_it]
        )


def _taxed(payouts: list[Payout]) -> tuple[str, ...]:
    return (Kind.INCOME_TAX, Kind.LOCAL_TAX) if any(row.withheld for row in payouts) else ()


def _taken(row: Payout, owed: LedgerAccount, places: dict[str, LedgerAccount]) -> dict[LedgerAccount, int]:
    """What a payout takes from what its payee is owed: on its way to them, and withheld for the tax office."""
    parts = {Kind.PAYING: row.amount, Kind.INCOME_TAX: row.income_tax, Kind.LOCAL_TAX: row.local_tax}
    return {owed: row.gross, **{places[kind]: -part for kind, part in parts.items() if part}}


def given_back(row: Payout, source: LedgerAccount | None = None) -> dict[LedgerAccount, int]:
    """Return what gives a payout's whole amount back to its payee, taxes too, out of where the money is."""
    places = {kind: ledger.account(kind, row.currency) for kind in (Kind.PAYING, *_taxed([row]))}
    if source:
        places[Kind.PAYING] = source
    return {at: -amount for at, amount in _taken(row, _payable(row), places).items()}


def _payable(payout: Payout) -> LedgerAccount:
    return ledger.payable(payout.payee.person_id, payout.currency)


def lock(payout: Payout) -> Payout:
    """Return the payout's row, locked, as it is now."""
    rows = Payout.objects.select_for_update(of=("self",)).select_related("payee__person")
    row: Payout = rows.get(pk=payout.pk)
    return row


@transaction.atomic
def mark_paid(admin: User, payouts: list[Payout], currency: str) -> None:
    """Record that the bank paid these payouts, locked and with the bank, all in one currency."""
    history.move_all(payouts, Payout.State.PAID, admin, paid_at=timezone.now())
    paying, bank = ledger.account(Kind.PAYING, currency), ledger.account(Kind.BANK, currency)
    ledger.post_all(
        [ledger.Posting(f"payout-paid:{row.pk}", {paying: row.amount, bank: -row.amount}) for row in payouts]
    )
    for row in payouts:
        letters.payout_paid(row)


@transaction.atomic
def mark_failed(admin: User, payout: Payout, *, reason: str) -> Payout:
    """Record that the bank sent it back; the money returns to the balance and the next run makes a new row."""
    row = lock(payout)
    if row.state not in (Payout.State.EXPORTED, Payout.State.PAID) or row.reference:
        raise Refused(_("Only a payout that is with the bank or paid can be marked as sent back."))
    source = ledger.account(Kind.BANK, row.currency) if row.state == Payout.State.PAID else None
    history.move(row, Payout.State.FAILED, admin, note=reason, reason=reason[:200])
    ledger.post(f"payout-failed:{row.pk}", given_back(row, source))
    letters.payout_sent_back(row)
    return row

"""Payouts: what people are owed, written once a week; nothing is written twice."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import LedgerAccount, Payee, Payout
from payments.services import ledger
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

Kind = LedgerAccount.Kind
MINIMUM = {"KRW": 10_000, "USD": 1_000, "JPY": 1_000}  # minor units; less waits for the next week


def owed(person_id: int, currency: str) -> int:
    """Return what the person can be paid now, in minor units; below zero when refunds took back more."""
    return -ledger.balance(ledger.payable(person_id, currency))


def run() -> int:
    """Draft a payout for every payee whose balance passes the minimum; return how many were written."""
    ready = Payee.objects.filter(enabled=True).order_by("pk")
    return sum(1 for payee in ready if draft(payee))


@transaction.atomic
def draft(payee: Payee) -> Payout | None:
    """Write one payee's payout and take the money out of the balance; None when there is too little.

    The payee's row is locked first, so that two runs at once cannot both see the same balance.
    """
    payee = Payee.objects.select_for_update().get(pk=payee.pk)
    amount = owed(payee.person_id, payee.currency)
    if amount < MINIMUM[payee.currency]:
        return None
    payout = Payout.objects.create(payee=payee, amount=amount, currency=payee.currency)
    history.record(payout, "", payout.state)
    ledger.post(f"payout:{payout.pk}", {_payable(payout): amount, _paying(payout): -amount})
    return payout


def _payable(payout: Payout) -> LedgerAccount:
    return ledger.payable(payout.payee.person_id, payout.currency)


def _paying(payout: Payout) -> LedgerAccount:
    return ledger.account(Kind.PAYING, payout.currency)


def lock(payout: Payout) -> Payout:
    """Return the payout's row, locked, as it is now."""
    return Payout.objects.select_for_update(of=("self",)).select_related("payee").get(pk=payout.pk)


@transaction.atomic
def mark_paid(admin: User, payout: Payout) -> Payout:
    """Record that the bank paid it. Raises Refused when it is not with the bank."""
    row = lock(payout)
    if row.state != Payout.State.EXPORTED:
        raise Refused(_("Only a payout that is with the bank can be marked as paid."))
    history.move(row, Payout.State.PAID, admin, paid_at=timezone.now())
    bank = ledger.account(Kind.BANK, row.currency)
    ledger.post(f"payout-paid:{row.pk}", {_paying(row): row.amount, bank: -row.amount})
    return row


@transaction.atomic
def mark_failed(admin: User, payout: Payout, *, reason: str) -> Payout:
    """Record that the bank sent it back; the money returns to the balance and the next run makes a new row."""
    row = lock(payout)
    if row.state not in (Payout.State.EXPORTED, Payout.State.PAID):
        raise Refused(_("Only a payout that is with the bank or paid can be marked as sent back."))
    source = ledger.account(Kind.BANK, row.currency) if row.state == Payout.State.PAID else _paying(row)
    history.move(row, Payout.State.FAILED, admin, note=reason, reason=reason[:200])
    ledger.post(f"payout-failed:{row.pk}", {source: row.amount, _payable(row): -row.amount})
    return row

"""A payout through Stripe: begun, doubted, arrived, or its money owed again. Each verb looks again under the lock."""

import datetime

from django.db import transaction
from django.utils import timezone

from payments import letters
from payments.models import LedgerAccount, Payee, Payout
from payments.services import ledger, payouts
from payments.truth import Transfer
from studyplatform.kit import history, queue

Kind = LedgerAccount.Kind
State = Payout.State
LATE = datetime.timedelta(days=1)  # from then on a payee is told that theirs waits


def group(payout: Payout) -> str:
    """Return the name Stripe keeps a payout's transfer under for ever; a key is forgotten after a day."""
    return f"payout_{payout.pk}"


@transaction.atomic
def begin(payout: Payout) -> Payout | None:
    """Note, before Stripe is asked, that a claimed payout is being sent, and where to; None when it must not be.

    One that may have left keeps where it went: under the same key Stripe takes nothing else.
    """
    row: Payout | None = queue.relock(payout)
    if not row or row.state not in (State.APPROVED, State.SHORT, State.UNKNOWN):
        return None
    to = row.destination if row.state == State.UNKNOWN else _account(row.payee)
    if not to:
        _not_to_be_sent(row)
        return None
    history.move(row, State.SENDING, destination=to)
    return row


def _account(payee: Payee) -> str:
    reachable = payee.rail == Payee.Rail.STRIPE and payee.enabled
    return payee.stripe_account or "" if reachable else ""


def _not_to_be_sent(row: Payout) -> None:
    """Who is paid another way now has the money in the balance again and needs no letter; the others read why."""
    if row.payee.rail == Payee.Rail.STRIPE:
        _return(row, "no account")
    else:
        payouts.take_back(row)


@transaction.atomic
def doubt(payout: Payout, why: str) -> None:
    """Note that nobody knows whether Stripe sent it: it is asked before anything is sent again."""
    row = payouts.lock(payout)
    if row.state == State.SENDING:
        history.move(row, State.UNKNOWN, note=why)


@transaction.atomic
def wait(payout: Payout, why: str) -> None:
    """Note that it certainly was not sent, for want of money at hand: it is sent later, under a key of its own."""
    row = payouts.lock(payout)
    if row.state == State.SENDING:
        history.move(row, State.SHORT, note=why, key_number=row.key_number + 1)
        if row.created_at < timezone.now() - LATE:
            letters.payout_waits(row)


@transaction.atomic
def new_key(payout: Payout) -> None:
    """Stripe keeps its own error under the key, and says nothing was sent: the next try has another key."""
    row = payouts.lock(payout)
    row.key_number += 1
    row.save(update_fields=["key_number"])


@transaction.atomic
def fail(payout: Payout, why: str) -> None:
    """Note that it certainly was not and will not be sent; its money is owed again."""
    row = payouts.lock(payout)
    if row.state == State.SENDING:
        _return(row, why)


def _return(row: Payout, why: str) -> None:
    history.move(row, State.FAILED, note=why)
    ledger.post(f"payout-failed:{row.pk}", payouts.given_back(row))
    letters.payout_not_sent(row)


@transaction.atomic
def record(payout: Payout, sent: Transfer) -> None:
    """Bring a payout to where Stripe says its transfer is; asking again changes nothing."""
    row = payouts.lock(payout)
    if row.state in (State.SENDING, State.UNKNOWN):
        history.move(row, State.PAID, reference=sent.id, paid_at=timezone.now())
        paying, stripe = (ledger.account(kind, row.currency) for kind in (Kind.PAYING, Kind.STRIPE))
        ledger.post(f"payout-paid:{row.pk}", {paying: row.amount, stripe: -row.amount})
        letters.payout_paid(row)
    if row.reference == sent.id:
        _take_back(row, sent)


def _take_back(row: Payout, sent: Transfer) -> None:
    """What was reversed is owed again; a payout reversed as a whole says so."""
    stripe = ledger.account(Kind.STRIPE, row.currency)
    owed = ledger.payable(row.payee.person_id, row.currency)
    for reversal, amount in sent.back:
        ledger.post(f"payout-reversed:{reversal}", {stripe: amount, owed: -amount})
    if row.state == State.PAID and sum(amount for _, amount in sent.back) == row.amount:
        history.move(row, State.REVERSED)
        letters.payout_reversed(row)

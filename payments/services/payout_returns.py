"""A payout its payee's bank sent back: the line that brought the money is matched to it, so that it waits for nobody.

The line is a deposit as every other, booked as such; the match takes it out of the deposits again, since what the
payee is owed was booked with the payout's end. Lock order: payout, deposit.
"""

import re
import unicodedata

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import BankDeposit, Payout
from payments.services import ledger, payouts
from payments.services.bank_movements import BACK, PAYOUT
from payments.services.ledger import Kind
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

State = Payout.State
SENT = (State.EXPORTED, State.PAID, State.FAILED)  # may have left the bank


def known(deposit: BankDeposit) -> Payout | None:
    """Return the payout somebody wrote down as sent back, if a deposit surely is its money.

    It has just the amount, and the bank's words have its number or the name on the account; None for none or several.
    """
    found = list(_of_amount(deposit).filter(state=State.FAILED).select_related("payee"))
    words = unicodedata.normalize("NFKC", deposit.words)
    numbers = {int(number) for number in PAYOUT.findall(words)}
    named = [one for one in found if one.pk in numbers] or [one for one in found if _names(one, words)]
    return named[0] if len(named) == 1 else None


def _of_amount(deposit: BankDeposit) -> QuerySet[Payout]:
    same = Payout.objects.filter(amount=deposit.amount, currency=deposit.account.currency, came_back=None)
    return same.exclude(batch=None).filter(state__in=SENT)


def _names(payout: Payout, words: str) -> bool:
    holder = re.sub(r"\s", "", payout.payee.holder)
    return bool(holder) and holder in re.sub(r"\s", "", words)


def meant(deposit: BankDeposit, number: str) -> Payout | None:
    """Return the payout of a number ("P12" or "12") that left with just a deposit's amount and has not come back."""
    digits = number.strip().upper().removeprefix("P")
    return _of_amount(deposit).filter(pk=int(digits)).first() if digits.isascii() and digits.isdigit() else None


@transaction.atomic
def match_known(deposit: BankDeposit) -> bool:
    """Match a deposit to the payout it surely is; False leaves it to others."""
    payout = known(deposit)
    return bool(payout and _match(None, deposit, payout))


@transaction.atomic
def match(actor: User, deposit: BankDeposit, *, number: str) -> None:
    """Match a deposit to a payout by its number; one nobody wrote down as sent back is now, and its payee told.

    Raises Refused where no payout of that number and amount can have come back, or the deposit is dealt with.
    """
    payout = meant(deposit, number)
    if not payout:
        raise Refused(_("No payout of that number and amount left and has not come back."), field="number")
    if not _match(actor, deposit, payout):
        raise Refused(_("Somebody has dealt with this deposit meanwhile. Look at it again."))


def _match(actor: User | None, deposit: BankDeposit, payout: Payout) -> bool:
    sent = payouts.lock(payout)
    row = BankDeposit.objects.select_for_update(of=("self",)).select_related("account").get(pk=deposit.pk)
    if row.state != BankDeposit.State.UNMATCHED or BankDeposit.objects.filter(payout=sent).exists():
        return False
    if actor and sent.state != State.FAILED:
        payouts.mark_failed(actor, sent, reason=row.words or str(_("sent back")))
    history.move(row, BankDeposit.State.MATCHED, actor, payout=sent, looked_at=timezone.now())
    held, bank = (ledger.account(kind, row.account.currency) for kind in (Kind.DEPOSITS, Kind.BANK))
    ledger.post(f"{BACK}{sent.pk}", {held: row.amount, bank: -row.amount})
    return True

"""Cures: what Stripe says is asked for again and followed, through the same doors as everything else."""

import logging
from collections.abc import Callable

from payments import gateway, statement
from payments.flows import disputes, refunds, sending
from payments.models import BankDeposit, Difference, Payment, Payout, Refund
from payments.services import deposits, differences, payments, reconciliations
from studyplatform.kit.errors import Refused

log = logging.getLogger(__name__)


def ask(difference: Difference) -> bool:
    """Ask Stripe how things stand, follow it, compare again; True when the difference is gone. Raises Refused."""
    try:
        CURES.get(difference.kind, _ask_about)(difference)
    except (gateway.Trouble, payments.Mismatch) as trouble:
        raise Refused(str(trouble)) from trouble
    return reconciliations.look_again(difference)


def alone(difference: Difference) -> None:
    """Cure what can be cured without a person; one that cannot now must not stop the others."""
    try:
        ask(difference)
    except Exception:  # it stays open, is tried again tomorrow, and a person sees it meanwhile
        log.exception("difference %s is not cured", difference.cause)


def _follow_payment(difference: Difference) -> None:
    if difference.movement:
        _follow_page(difference.movement.intent)


def _follow_page(intent: str) -> None:
    page = statement.page_of(intent)
    payment = payments.of_page(page) if page else None
    if page and payment:
        payments.apply(payment, page)


def _follow_refund(difference: Difference) -> None:
    if difference.movement:
        refunds.accept(gateway.get_refund(difference.movement.source))


def _follow_dispute(difference: Difference) -> None:
    if difference.movement:
        disputes.hear(difference.movement.source)


def _follow_payout(difference: Difference) -> None:
    payout = Payout.objects.filter(pk=difference.about_id).first()
    if payout:
        sending.look(payout)


def _book_to_bank(difference: Difference) -> None:
    if difference.movement:
        differences.book_to_bank(difference.movement)


def _take_in(difference: Difference) -> None:
    if difference.line:
        deposits.take_in_line(difference.line)


def _book_deposit(difference: Difference) -> None:
    deposits.book(BankDeposit.objects.get(pk=difference.about_id))


def _settle_deposit(difference: Difference) -> None:
    payment = Payment.objects.get(pk=difference.about_id)
    if deposits.missing(payment) <= 0:
        payments.settle_deposit(payment)


def _ask_about(difference: Difference) -> None:
    """Ask about the row of ours a difference names, if it names one."""
    if difference.about == "payments.payment":
        _follow_page(Payment.objects.get(pk=difference.about_id).intent)
    elif difference.about == "payments.refund":
        refunds.accept(gateway.get_refund(Refund.objects.get(pk=difference.about_id).reference or ""))
    elif difference.about == "payments.payout":
        _follow_payout(difference)


CURES: dict[str, Callable[[Difference], None]] = {
    "payment_lost": _follow_payment,
    "fee_unbooked": _follow_payment,
    "refund_lost": _follow_refund,
    "failure_lost": _follow_refund,
    "transfer_lost": _follow_payout,
    "reversal_lost": _follow_payout,
    "dispute_lost": _follow_dispute,
    "to_bank": _book_to_bank,
    "deposit_lost": _take_in,
    "deposit_unbooked": _book_deposit,
    "deposit_unsold": _settle_deposit,
}

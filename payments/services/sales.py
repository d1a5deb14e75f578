"""What a payment brings in, booked line by line: the whole amount first, Stripe's fee as soon as it is known."""

import logging

from django.db import transaction

from payments.models import Payment
from payments.services import ledger
from payments.services.ledger import Kind
from payments.truth import Charge
from studyplatform.kit import money

log = logging.getLogger(__name__)

CAME: dict[str, str] = {
    Payment.Provider.STRIPE: Kind.STRIPE,
    Payment.Provider.BANK: Kind.DEPOSITS,
    Payment.Provider.INVOICE: Kind.DEPOSITS,
}  # where the money is found


@transaction.atomic
def book(payment: Payment) -> None:
    """Book what was paid: it is at Stripe, or was deposited, and waits in the escrow of each line's cohort."""
    for line in payment.lines.select_related("enrollment__cohort"):
        came = ledger.account(CAME[payment.provider], payment.currency)
        escrow = ledger.account(Kind.ESCROW, payment.currency, cohort=line.enrollment.cohort)
        ledger.post(f"sale:{line.pk}", {came: line.amount, escrow: -line.amount}, line=line)


@transaction.atomic
def book_fee(payment: Payment, charge: Charge | None) -> bool:
    """Book Stripe's fee, shared by the lines' amounts; False while it is not known yet.

    A line whose money has left the escrow has its fee borne by the study's payee.
    """
    if not charge or charge.fee is None:
        return False
    if charge.fee_currency != payment.currency:
        log.error("payment %s: fee in %s is left for a person to book", payment.public_id, charge.fee_currency)
        return True
    lines = list(ledger.locked_lines(payment=payment))
    if any(ledger.booked(f"fee:{line.pk}") for line in lines):  # all at once; a line that came along later has none
        return True
    for line, fee in zip(lines, money.split(charge.fee, [line.amount for line in lines]), strict=True):
        at_stripe = ledger.account(Kind.STRIPE, payment.currency)
        ledger.post(f"fee:{line.pk}", {at_stripe: -fee, **ledger.borne_by(line, fee)}, line=line)
    return True

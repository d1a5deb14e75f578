from payments.models.due import Due
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.payee import Payee
from payments.models.payment import Payment, PaymentLine
from payments.models.payout import Payout, PayoutBatch
from payments.models.receipt import Receipt
from payments.models.refund import Refund
from payments.models.stripe_event import StripeEvent

__all__ = [
    "Due",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "Payee",
    "Payment",
    "PaymentLine",
    "Payout",
    "PayoutBatch",
    "Receipt",
    "Refund",
    "StripeEvent",
]

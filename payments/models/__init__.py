from payments.models.bank_deposit import BankDeposit, DepositReturn
from payments.models.bank_movement import BankMovement
from payments.models.cash_receipt import CashReceipt
from payments.models.deposit_account import DepositAccount, DepositPlan
from payments.models.deposit_order import DepositOrder
from payments.models.difference import Difference
from payments.models.dispute import Dispute
from payments.models.due import Due
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.payee import Payee
from payments.models.payment import Payment, PaymentLine
from payments.models.payout import Payout, PayoutBatch
from payments.models.receipt import Receipt
from payments.models.reconciliation import Reconciliation
from payments.models.refund import Refund
from payments.models.stripe_event import StripeEvent
from payments.models.stripe_movement import StripeMovement
from payments.models.taxpayer import Taxpayer

__all__ = [
    "BankDeposit",
    "BankMovement",
    "CashReceipt",
    "DepositAccount",
    "DepositOrder",
    "DepositPlan",
    "DepositReturn",
    "Difference",
    "Dispute",
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
    "Reconciliation",
    "Refund",
    "StripeEvent",
    "StripeMovement",
    "Taxpayer",
]

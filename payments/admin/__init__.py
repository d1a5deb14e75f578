from payments.admin import (  # noqa: F401
    cash_receipts,
    deposits,
    differences,
    disputes,
    dues,
    ledger,
    payments,
    payouts,
    reconciliations,
    refunds,
    taxes,
)

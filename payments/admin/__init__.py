from payments.admin import differences, dues, ledger, payments, payouts, reconciliations, refunds  # noqa: F401

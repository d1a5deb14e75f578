from payments.admin import ledger, payments, payouts, refunds  # noqa: F401

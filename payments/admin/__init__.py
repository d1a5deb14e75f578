from payments.admin import dues, ledger, payments, payouts, refunds  # noqa: F401

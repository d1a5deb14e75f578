"""The ledger defends itself: each transaction sums to zero per currency at commit, and nothing in it ever changes."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION ledger_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id
        WHERE e.transaction_id = NEW.transaction_id GROUP BY a.currency HAVING sum(e.amount) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_sums_to_zero AFTER INSERT ON payments_ledgerentry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_sums_to_zero();

CREATE FUNCTION ledger_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is never changed: write a new transaction' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER ledger_entry_never_changes BEFORE UPDATE OR DELETE ON payments_ledgerentry
FOR EACH ROW EXECUTE FUNCTION ledger_never_changes();
CREATE TRIGGER ledger_transaction_never_changes BEFORE UPDATE OR DELETE ON payments_ledgertransaction
FOR EACH ROW EXECUTE FUNCTION ledger_never_changes();
"""

NO_GUARDS = """
DROP TRIGGER ledger_transaction_never_changes ON payments_ledgertransaction;
DROP TRIGGER ledger_entry_never_changes ON payments_ledgerentry;
DROP TRIGGER ledger_sums_to_zero ON payments_ledgerentry;
DROP FUNCTION ledger_never_changes();
DROP FUNCTION ledger_sums_to_zero();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    # lock: the tables are one migration old and empty.
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]

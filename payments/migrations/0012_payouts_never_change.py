"""What was written of a payout is booked: it never changes, and a payout leaves no batch the bank has."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION payout_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.amount, OLD.income_tax, OLD.local_tax, OLD.vat, OLD.currency, OLD.payee_id, OLD.business_number)
        IS DISTINCT FROM
       (NEW.amount, NEW.income_tax, NEW.local_tax, NEW.vat, NEW.currency, NEW.payee_id, NEW.business_number) THEN
        RAISE EXCEPTION 'payout % is booked: its amounts never change', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.batch_id IS DISTINCT FROM NEW.batch_id AND EXISTS (
        SELECT 1 FROM payments_payoutbatch b
        WHERE b.id IN (OLD.batch_id, NEW.batch_id) AND b.state IN ('approved', 'exported', 'closed')
    ) THEN
        RAISE EXCEPTION 'payout % cannot change a batch that was approved', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payout_never_changes BEFORE UPDATE ON payments_payout
FOR EACH ROW EXECUTE FUNCTION payout_never_changes();
"""

NO_GUARDS = """
DROP TRIGGER payout_never_changes ON payments_payout;
DROP FUNCTION payout_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_taxes")]
    # lock: a trigger is made in a moment; the table is written once a week.
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]

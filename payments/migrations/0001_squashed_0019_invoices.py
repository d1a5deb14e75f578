# lock: every table here is new
import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import studyplatform.kit.ids
from studyplatform.kit.together import Together

LEDGER_GUARDS = """
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

NO_LEDGER_GUARDS = """
DROP TRIGGER ledger_transaction_never_changes ON payments_ledgertransaction;
DROP TRIGGER ledger_entry_never_changes ON payments_ledgerentry;
DROP TRIGGER ledger_sums_to_zero ON payments_ledgerentry;
DROP FUNCTION ledger_never_changes();
DROP FUNCTION ledger_sums_to_zero();
"""

PAYOUT_GUARDS = """
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

NO_PAYOUT_GUARDS = """
DROP TRIGGER payout_never_changes ON payments_payout;
DROP FUNCTION payout_never_changes();
"""


class Migration(migrations.Migration):
    replaces = [
        ("payments", "0001_initial"),
        ("payments", "0002_ledger_guards"),
        ("payments", "0003_desk_permissions"),
        ("payments", "0004_desk_words"),
        ("payments", "0005_payees_at_stripe"),
        ("payments", "0006_payouts_through_stripe"),
        ("payments", "0007_short_payouts_and_standings"),
        ("payments", "0008_refund_keys"),
        ("payments", "0009_dues"),
        ("payments", "0010_differences"),
        ("payments", "0011_taxes"),
        ("payments", "0012_payouts_never_change"),
        ("payments", "0013_cash_receipts"),
        ("payments", "0014_deposits"),
        ("payments", "0015_disputes"),
        ("payments", "0016_outside"),
        ("payments", "0017_bank_movements"),
        ("payments", "0018_lines_of_deposits"),
        ("payments", "0019_invoices"),
    ]

    initial = True

    dependencies = [("accounts", "__first__"), ("cohorts", "0023_scholarships")]

    operations = [
        Together(
            models=[
                migrations.CreateModel(
                    name="LedgerAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("stripe", "at Stripe"),
                                    ("bank", "in the bank"),
                                    ("deposits", "deposited, not matched yet"),
                                    ("escrow", "held for a cohort"),
                                    ("platform", "the platform's share"),
                                    ("payable", "owed to a person"),
                                    ("paying", "on its way to a person"),
                                    ("income_tax", "income tax withheld"),
                                    ("local_tax", "local income tax withheld"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "cohort",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="cohorts.cohort",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "currency", "cohort", "person"),
                                name="account_once",
                                nulls_distinct=False,
                            )
                        ],
                        "verbose_name": "ledger account",
                        "verbose_name_plural": "ledger accounts",
                    },
                ),
                migrations.CreateModel(
                    name="LedgerTransaction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("cause", models.CharField(max_length=80, unique=True)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="cohorts.session",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="payments.paymentline",
                            ),
                        ),
                        (
                            "due",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to="payments.due",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("due__isnull", False)), fields=["due"], name="transaction_of_due"
                            ),
                            models.Index(fields=["at", "id"], name="transaction_at"),
                        ],
                        "verbose_name": "ledger transaction",
                        "verbose_name_plural": "ledger transactions",
                    },
                ),
                migrations.CreateModel(
                    name="LedgerEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", models.BigIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="payments.ledgeraccount",
                            ),
                        ),
                        (
                            "transaction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="payments.ledgertransaction",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "ledger entries",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True), name="entry_not_zero"
                            )
                        ],
                        "verbose_name": "ledger entry",
                    },
                ),
                migrations.CreateModel(
                    name="Payee",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("country", models.CharField(default="KR", max_length=2)),
                        ("currency", models.CharField(default="KRW", max_length=3)),
                        (
                            "rail",
                            models.CharField(
                                choices=[("bank_file", "bank transfer"), ("stripe", "Stripe")],
                                default="bank_file",
                                max_length=10,
                            ),
                        ),
                        ("bank", models.CharField(blank=True, max_length=40)),
                        ("holder", models.CharField(blank=True, max_length=60)),
                        ("account_sealed", models.TextField(blank=True)),
                        ("account_ending", models.CharField(blank=True, max_length=4)),
                        ("enabled", models.BooleanField(default=False)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "person",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payee",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "standing",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "-"),
                                    ("unfinished", "not finished"),
                                    ("restricted", "more is asked"),
                                    ("refused", "refused by Stripe"),
                                    ("asked", "can be paid, more is asked soon"),
                                    ("enabled", "can be paid"),
                                ],
                                default="",
                                max_length=10,
                                verbose_name="standing at Stripe",
                            ),
                        ),
                        (
                            "stripe_account",
                            models.CharField(
                                blank=True, max_length=255, null=True, unique=True, verbose_name="account at Stripe"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "payee",
                        "verbose_name_plural": "payees",
                    },
                ),
                migrations.CreateModel(
                    name="Payment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("claim_token", models.UUIDField(blank=True, editable=False, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                        ("error", models.TextField(blank=True, editable=False)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "public_id",
                            models.CharField(
                                default=studyplatform.kit.ids.short_id, editable=False, max_length=10, unique=True
                            ),
                        ),
                        (
                            "provider",
                            models.CharField(
                                choices=[
                                    ("stripe", "Stripe"),
                                    ("free", "free"),
                                    ("bank", "bank deposit"),
                                    ("outside", "paid elsewhere"),
                                    ("invoice", "invoice"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("reference", models.CharField(blank=True, max_length=255, null=True)),
                        ("intent", models.CharField(blank=True, max_length=255)),
                        ("address", models.URLField(blank=True, max_length=2000)),
                        ("amount", models.PositiveIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("created", "being prepared"),
                                    ("open", "waiting for payment"),
                                    ("unknown", "being checked"),
                                    ("processing", "on its way"),
                                    ("paid", "paid"),
                                    ("expired", "not paid in time"),
                                    ("failed", "failed"),
                                ],
                                default="created",
                                max_length=12,
                            ),
                        ),
                        ("method", models.CharField(blank=True, max_length=60)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("paid_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="payment_due")
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("provider", "reference"), name="payment_reference_once")
                        ],
                        "verbose_name": "payment",
                        "verbose_name_plural": "payments",
                    },
                ),
                migrations.CreateModel(
                    name="PaymentLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", models.PositiveIntegerField()),
                        ("refunded", models.PositiveIntegerField(default=0)),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payment_lines",
                                to="cohorts.enrollment",
                            ),
                        ),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="payments.payment"
                            ),
                        ),
                        ("disputed", models.PositiveIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("refunded__lte", models.F("amount"))), name="line_refund_within"
                            ),
                            models.UniqueConstraint(fields=("payment", "enrollment"), name="line_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PayoutBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "to be checked"),
                                    ("approved", "approved"),
                                    ("exported", "file made"),
                                    ("closed", "closed"),
                                    ("void", "void"),
                                ],
                                default="draft",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("rail", models.CharField(default="bank_file", max_length=10, verbose_name="way of paying")),
                        ("currency", models.CharField(max_length=3, verbose_name="currency")),
                        ("file", models.TextField(blank=True)),
                        (
                            "file_hash",
                            models.CharField(blank=True, max_length=64, verbose_name="fingerprint of the file"),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made on")),
                        (
                            "checker",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="checked by",
                            ),
                        ),
                        (
                            "maker",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="made by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "payout batches",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("checker", None),
                                    models.Q(("checker", models.F("maker")), _negated=True),
                                    _connector="OR",
                                ),
                                name="batch_two_people",
                            )
                        ],
                        "permissions": [
                            ("handle_payouts", "Can make batches, fetch bank files and write down what the bank did"),
                            ("approve_payouts", "Can check and approve batches somebody else made"),
                        ],
                        "verbose_name": "payout batch",
                    },
                ),
                migrations.CreateModel(
                    name="Payout",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", models.PositiveIntegerField()),
                        ("currency", models.CharField(max_length=3, verbose_name="currency")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("drafted", "being prepared"),
                                    ("approved", "approved"),
                                    ("exported", "with the bank"),
                                    ("sending", "being sent"),
                                    ("short", "waiting for money at Stripe"),
                                    ("unknown", "being checked"),
                                    ("paid", "paid"),
                                    ("failed", "failed"),
                                    ("reversed", "reversed"),
                                    ("void", "void"),
                                ],
                                default="drafted",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="made on")),
                        ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="paid on")),
                        (
                            "payee",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="payments.payee",
                                verbose_name="payee",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="payouts",
                                to="payments.payoutbatch",
                                verbose_name="payout batch",
                            ),
                        ),
                        ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                        ("claim_token", models.UUIDField(blank=True, editable=False, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "destination",
                            models.CharField(blank=True, default="", max_length=255, verbose_name="account at Stripe"),
                        ),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("error", models.TextField(blank=True, editable=False)),
                        ("key_number", models.PositiveIntegerField(default=0, editable=False)),
                        (
                            "reference",
                            models.CharField(
                                blank=True, max_length=255, null=True, unique=True, verbose_name="transfer"
                            ),
                        ),
                        (
                            "business_number",
                            models.CharField(
                                blank=True, db_default="", default="", max_length=10, verbose_name="business number"
                            ),
                        ),
                        ("income_tax", models.PositiveIntegerField(db_default=0, default=0, verbose_name="income tax")),
                        (
                            "local_tax",
                            models.PositiveIntegerField(db_default=0, default=0, verbose_name="local income tax"),
                        ),
                        ("vat", models.PositiveIntegerField(db_default=0, default=0, verbose_name="VAT in it")),
                    ],
                    options={
                        "indexes": [
                            models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="payout_due")
                        ],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payout_positive")
                        ],
                        "verbose_name": "payout",
                        "verbose_name_plural": "payouts",
                    },
                ),
                migrations.CreateModel(
                    name="Receipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=20, unique=True)),
                        ("issued_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "payment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receipt",
                                to="payments.payment",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Refund",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("claim_token", models.UUIDField(blank=True, editable=False, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                        ("error", models.TextField(blank=True, editable=False)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("amount", models.PositiveIntegerField()),
                        ("cause", models.CharField(max_length=60)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("owed", "owed"),
                                    ("sending", "being sent"),
                                    ("unknown", "being checked"),
                                    ("pending", "on its way"),
                                    ("succeeded", "sent"),
                                    ("failed", "failed"),
                                    ("held", "waits for the buyer’s bank"),
                                    ("manual", "by hand"),
                                    ("void", "void"),
                                    ("outside", "the host’s to give back"),
                                ],
                                default="owed",
                                max_length=10,
                            ),
                        ),
                        ("reference", models.CharField(blank=True, max_length=255, null=True, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refunds",
                                to="payments.paymentline",
                            ),
                        ),
                        ("key_number", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                    ],
                    options={
                        "indexes": [
                            models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="refund_due")
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("line", "cause"), name="refund_cause_once"),
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_positive"),
                        ],
                        "permissions": [("handle_refunds", "Can send failed refunds again")],
                        "verbose_name": "refund",
                        "verbose_name_plural": "refunds",
                    },
                ),
                migrations.CreateModel(
                    name="StripeEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("claim_token", models.UUIDField(blank=True, editable=False, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                        ("error", models.TextField(blank=True, editable=False)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("account", models.CharField(blank=True, max_length=60)),
                        ("event_id", models.CharField(max_length=255)),
                        ("kind", models.CharField(max_length=80)),
                        ("object_id", models.CharField(db_index=True, max_length=255)),
                        ("raw", models.JSONField()),
                        ("received_at", models.DateTimeField(auto_now_add=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("done_at", None)), fields=["due_at"], name="stripe_event_due"
                            )
                        ],
                        "constraints": [models.UniqueConstraint(fields=("account", "event_id"), name="event_once")],
                        "verbose_name": "Stripe event",
                        "verbose_name_plural": "Stripe events",
                    },
                ),
                migrations.CreateModel(
                    name="Due",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("members", "for the members of their groups"),
                                    ("session", "for a session they led"),
                                    ("cohort", "for the whole cohort"),
                                    ("bonus", "for members who completed"),
                                ],
                                max_length=10,
                                verbose_name="what for",
                            ),
                        ),
                        ("amount", models.PositiveIntegerField()),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="dues", to="cohorts.cohort"
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dues",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="cohorts.session",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "due of a partner",
                        "verbose_name_plural": "dues of partners",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "cohort", "person", "session"), name="due_once", nulls_distinct=False
                            ),
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="due_positive"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Difference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("cause", models.CharField(max_length=300, unique=True)),
                        ("kind", models.CharField(max_length=30)),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "open"), ("cured", "cured"), ("explained", "explained")],
                                default="open",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("ours", models.BigIntegerField(blank=True, null=True)),
                        ("theirs", models.BigIntegerField(blank=True, null=True)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("at", models.DateTimeField(verbose_name="happened")),
                        ("about", models.CharField(blank=True, max_length=60)),
                        ("about_id", models.CharField(blank=True, max_length=40)),
                        (
                            "first_seen",
                            models.DateTimeField(default=django.utils.timezone.now, verbose_name="first seen"),
                        ),
                        (
                            "last_seen",
                            models.DateTimeField(default=django.utils.timezone.now, verbose_name="last seen"),
                        ),
                        (
                            "booked",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="payments.ledgertransaction",
                            ),
                        ),
                        (
                            "movement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="payments.stripemovement",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="payments.bankmovement",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "difference",
                        "verbose_name_plural": "differences",
                        "permissions": [("handle_differences", "Can cure and explain differences")],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "open")), fields=["first_seen"], name="difference_open"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reconciliation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("claim_token", models.UUIDField(blank=True, editable=False, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                        ("error", models.TextField(blank=True, editable=False)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("night", models.DateField(unique=True, verbose_name="night")),
                        ("since", models.DateTimeField(blank=True, null=True, verbose_name="from")),
                        ("until", models.DateTimeField(verbose_name="until")),
                        ("step", models.CharField(default="fetch", max_length=20, verbose_name="comes next")),
                        ("cursor", models.CharField(blank=True, max_length=255)),
                        ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="begun")),
                    ],
                    options={
                        "verbose_name": "reconciliation",
                        "verbose_name_plural": "reconciliations",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("done_at", None)), fields=["due_at"], name="reconciliation_due"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StripeMovement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(max_length=255, unique=True, verbose_name="number at Stripe")),
                        ("kind", models.CharField(max_length=60, verbose_name="kind")),
                        ("at", models.DateTimeField(verbose_name="happened")),
                        ("currency", models.CharField(max_length=3)),
                        ("amount", models.BigIntegerField()),
                        ("fee", models.BigIntegerField()),
                        (
                            "source",
                            models.CharField(blank=True, db_index=True, max_length=255, verbose_name="came from"),
                        ),
                        (
                            "intent",
                            models.CharField(
                                blank=True, db_index=True, max_length=255, verbose_name="payment at Stripe"
                            ),
                        ),
                        ("ours", models.CharField(blank=True, max_length=255, verbose_name="our number")),
                    ],
                    options={
                        "verbose_name": "movement at Stripe",
                        "verbose_name_plural": "movements at Stripe",
                        "indexes": [models.Index(fields=["at", "id"], name="stripe_movement_at")],
                    },
                ),
                migrations.CreateModel(
                    name="Taxpayer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("person", "as a person"), ("business", "as a business")],
                                default="person",
                                max_length=10,
                                verbose_name="taxed",
                            ),
                        ),
                        (
                            "business_number",
                            models.CharField(blank=True, max_length=10, verbose_name="business number"),
                        ),
                        (
                            "business_name",
                            models.CharField(blank=True, max_length=60, verbose_name="name of the business"),
                        ),
                        ("pays_vat", models.BooleanField(default=True, verbose_name="VAT is in what they earn")),
                        ("resident_sealed", models.TextField(blank=True)),
                        ("resident_last", models.CharField(blank=True, max_length=1)),
                        (
                            "resident_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="number is erased on"),
                        ),
                        (
                            "payee",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="taxpayer",
                                to="payments.payee",
                                verbose_name="payee",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "taxpayer",
                        "verbose_name_plural": "taxpayers",
                        "permissions": [
                            ("see_tax_files", "Can fetch the files for the tax office, with resident numbers")
                        ],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("resident_sealed", ""), _negated=True),
                                fields=["resident_until"],
                                name="resident_number_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("resident_sealed", ""), ("resident_until__isnull", False), _connector="OR"
                                ),
                                name="resident_number_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "business"), _negated=True),
                                    models.Q(("business_number", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="business_has_number",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CashReceipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("person", "for my income tax (소득공제)"),
                                    ("business", "for a business’s expenses (지출증빙)"),
                                ],
                                max_length=10,
                                verbose_name="purpose",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "asked for"),
                                    ("issued", "issued"),
                                    ("cancelled", "cancelled at Hometax"),
                                ],
                                default="asked",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("number_sealed", models.TextField(blank=True)),
                        ("number_last", models.CharField(blank=True, max_length=4, verbose_name="number ends in")),
                        (
                            "number_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="number is erased on"),
                        ),
                        ("amount", models.PositiveIntegerField(blank=True, null=True, verbose_name="issued for")),
                        ("approval", models.CharField(blank=True, max_length=20, verbose_name="approval number")),
                        ("issued_on", models.DateField(blank=True, null=True, verbose_name="issued on")),
                        ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="asked on")),
                        (
                            "payment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cash_receipt",
                                to="payments.payment",
                                verbose_name="payment",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "cash receipt",
                        "verbose_name_plural": "cash receipts",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("number_sealed", ""), _negated=True),
                                fields=["number_until"],
                                name="cash_receipt_number_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("number_sealed", ""), ("number_until__isnull", False), _connector="OR"
                                ),
                                name="cash_receipt_number_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "issued"), _negated=True),
                                    models.Q(
                                        models.Q(("approval", ""), _negated=True),
                                        ("issued_on__isnull", False),
                                        ("amount__isnull", False),
                                        ("amount__gt", 0),
                                    ),
                                    _connector="OR",
                                ),
                                name="cash_receipt_issued_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DepositAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("bank", models.CharField(blank=True, max_length=40)),
                        ("holder", models.CharField(blank=True, max_length=60)),
                        ("account_sealed", models.TextField(blank=True, editable=False)),
                        ("account_ending", models.CharField(blank=True, max_length=4)),
                        ("fingerprint", models.CharField(editable=False, max_length=64, unique=True)),
                        ("currency", models.CharField(default="KRW", max_length=3)),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed on")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="named on")),
                        ("tells_out", models.BooleanField(db_default=False, default=False, editable=False)),
                    ],
                    options={
                        "verbose_name": "account for deposits",
                        "verbose_name_plural": "accounts for deposits",
                        "permissions": [
                            (
                                "handle_deposits",
                                "Can confirm accounts, read bank files, match deposits and give them back",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankDeposit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(max_length=80)),
                        ("at", models.DateTimeField()),
                        ("amount", models.PositiveIntegerField()),
                        ("words", models.CharField(blank=True, max_length=100, verbose_name="what the bank says")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("unmatched", "not matched"),
                                    ("matched", "matched"),
                                    ("returned", "going back"),
                                ],
                                default="unmatched",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="read on")),
                        ("looked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "payment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deposits",
                                to="payments.payment",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deposits",
                                to="payments.depositaccount",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "bank deposit",
                        "verbose_name_plural": "bank deposits",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("looked_at", None)),
                                fields=["created_at"],
                                name="bank_deposit_to_match",
                            ),
                            models.Index(
                                condition=models.Q(("state", "unmatched")), fields=["at"], name="bank_deposit_unmatched"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "reference"), name="bank_deposit_once"),
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="bank_deposit_positive"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "matched"), _negated=True),
                                    ("payment__isnull", False),
                                    _connector="OR",
                                ),
                                name="bank_deposit_matched_to",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DepositOrder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("bank", models.CharField(blank=True, max_length=40)),
                        ("holder", models.CharField(blank=True, max_length=60)),
                        ("account_sealed", models.TextField(blank=True, editable=False)),
                        ("account_ending", models.CharField(blank=True, max_length=4)),
                        ("code", models.CharField(max_length=5)),
                        ("depositor", models.CharField(blank=True, max_length=20)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ("deadline", models.DateTimeField(blank=True, null=True)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to="payments.depositaccount",
                            ),
                        ),
                        (
                            "payment",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deposit_order",
                                to="payments.payment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "code"), name="deposit_code_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("deadline", None),
                                    models.Q(
                                        ("deadline__isnull", False),
                                        (
                                            "deadline__lte",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("created_at"), "+", models.Value(datetime.timedelta(days=2))
                                            ),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="deposit_order_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("deadline", None),
                                    models.Q(
                                        models.Q(("account_sealed", ""), _negated=True),
                                        models.Q(("depositor", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="deposit_order_named",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DepositPlan",
                    fields=[
                        (
                            "cohort",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="deposit_plan",
                                serialize=False,
                                to="cohorts.cohort",
                            ),
                        ),
                        ("on", models.BooleanField(default=True)),
                        ("share", models.PositiveIntegerField()),
                        ("hours", models.PositiveIntegerField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plans",
                                to="payments.depositaccount",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("hours__range", (1, 48))), name="deposit_plan_hours"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("share__range", (1, 10000))), name="deposit_plan_share"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DepositReturn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("bank", models.CharField(blank=True, max_length=40)),
                        ("holder", models.CharField(blank=True, max_length=60)),
                        ("account_sealed", models.TextField(blank=True, editable=False)),
                        ("account_ending", models.CharField(blank=True, max_length=4)),
                        ("amount", models.PositiveIntegerField()),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("over", "more than was asked"),
                                    ("short", "less than was asked"),
                                    ("unknown", "nobody knows what for"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("owed", "owed"), ("sent", "sent")], default="owed", max_length=10
                            ),
                        ),
                        ("reference", models.CharField(blank=True, max_length=120, null=True, unique=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("sent_on", models.DateField(blank=True, null=True, verbose_name="sent on")),
                        (
                            "deposit",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returned",
                                to="payments.bankdeposit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "deposit going back",
                        "verbose_name_plural": "deposits going back",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("amount__gt", 0)), name="deposit_return_positive"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "sent"), _negated=True),
                                    models.Q(("reference__isnull", False), ("sent_on__isnull", False)),
                                    _connector="OR",
                                ),
                                name="deposit_return_sent",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Dispute",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("claim_token", models.UUIDField(blank=True, editable=False, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                        ("error", models.TextField(blank=True, editable=False)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("reference", models.CharField(max_length=255, unique=True, verbose_name="at Stripe")),
                        ("amount", models.PositiveIntegerField()),
                        ("reason", models.CharField(blank=True, max_length=60, verbose_name="reason")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("inquiry", "the bank asks"),
                                    ("open", "to be answered"),
                                    ("review", "with the bank"),
                                    ("won", "won"),
                                    ("lost", "lost"),
                                    ("dropped", "dropped"),
                                ],
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("answer_by", models.DateTimeField(blank=True, null=True, verbose_name="answer by")),
                        ("opened_at", models.DateTimeField(verbose_name="opened on")),
                        ("looked_at", models.DateTimeField(editable=False)),
                        ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="decided on")),
                        (
                            "payment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="disputes",
                                to="payments.payment",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "dispute",
                        "verbose_name_plural": "disputes",
                        "permissions": [("handle_disputes", "Is written to about disputes and answers them at Stripe")],
                        "indexes": [
                            models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="dispute_due")
                        ],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="dispute_positive"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", True), ("state__in", ["inquiry", "open", "review"])),
                                    models.Q(("closed_at__isnull", False), ("state__in", ["won", "lost", "dropped"])),
                                    _connector="OR",
                                ),
                                name="dispute_closed_when_over",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BankMovement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(max_length=80, verbose_name="number at the bank")),
                        ("at", models.DateTimeField(verbose_name="happened")),
                        ("amount", models.BigIntegerField()),
                        ("balance", models.BigIntegerField(blank=True, null=True)),
                        ("words", models.CharField(blank=True, max_length=100, verbose_name="what the bank says")),
                        ("stands_for", models.CharField(blank=True, max_length=80, verbose_name="booked as")),
                        ("read_at", models.DateTimeField(auto_now_add=True, verbose_name="read on")),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="payments.depositaccount",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "movement at the bank",
                        "verbose_name_plural": "movements at the bank",
                        "indexes": [
                            models.Index(fields=["account", "at", "id"], name="bank_movement_at"),
                            models.Index(
                                condition=models.Q(("stands_for", "")), fields=["id"], name="bank_movement_unnamed"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "reference"), name="bank_movement_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("stands_for", ""), _negated=True),
                                fields=("stands_for",),
                                name="bank_movement_for_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("amount", 0), _negated=True), name="bank_movement_not_zero"
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(LEDGER_GUARDS, NO_LEDGER_GUARDS),
        migrations.RunSQL(PAYOUT_GUARDS, NO_PAYOUT_GUARDS),
    ]

"""Credit, and a ledger of its uses that PostgreSQL counts: nobody can use one won of it twice."""

# lock: new tables, and one constant column without an index for the seats that use them
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION credit_is_a_studys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cohorts_cohort WHERE study_id = NEW.study_id AND currency = NEW.currency) THEN
        RAISE EXCEPTION 'credit is in a currency of its study' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION credit_keeps_its_promise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.person_id, OLD.study_id, OLD.amount, OLD.currency, OLD.key)
        IS DISTINCT FROM (NEW.person_id, NEW.study_id, NEW.amount, NEW.currency, NEW.key)
    THEN
        RAISE EXCEPTION 'credit once given is never changed: take back what is left' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.spent <> OLD.spent AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is spent of credit is counted from its uses' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.withdrawn < OLD.withdrawn OR NEW.expired < OLD.expired THEN
        RAISE EXCEPTION 'credit that is gone stays gone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION credit_use_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the use of a credit stays' USING ERRCODE = 'check_violation';
    ELSIF TG_OP = 'UPDATE' THEN
        IF (OLD.credit_id, OLD.enrollment_id, OLD.amount) IS DISTINCT FROM (NEW.credit_id, NEW.enrollment_id, NEW.amount)
            OR NEW.returned < OLD.returned
        THEN
            RAISE EXCEPTION 'of a use of credit only more comes back' USING ERRCODE = 'check_violation';
        END IF;
        UPDATE cohorts_credit SET spent = spent - (NEW.returned - OLD.returned) WHERE id = NEW.credit_id;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM cohorts_credit c
        JOIN cohorts_enrollment e ON e.person_id = c.person_id AND e.currency = c.currency
        JOIN cohorts_cohort h ON h.id = e.cohort_id AND h.study_id = c.study_id
        WHERE c.id = NEW.credit_id AND e.id = NEW.enrollment_id
    ) THEN
        RAISE EXCEPTION 'credit is used by its person, in its study and currency' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE cohorts_credit SET spent = spent + NEW.amount - NEW.returned WHERE id = NEW.credit_id;
    RETURN NEW;
END $$;

CREATE TRIGGER credit_is_a_studys BEFORE INSERT ON cohorts_credit
FOR EACH ROW EXECUTE FUNCTION credit_is_a_studys();
CREATE TRIGGER credit_keeps_its_promise BEFORE UPDATE OR DELETE ON cohorts_credit
FOR EACH ROW EXECUTE FUNCTION credit_keeps_its_promise();
CREATE TRIGGER credit_use_counts BEFORE INSERT OR UPDATE OR DELETE ON cohorts_credituse
FOR EACH ROW EXECUTE FUNCTION credit_use_counts();
"""

NO_GUARDS = """
DROP TRIGGER credit_use_counts ON cohorts_credituse;
DROP TRIGGER credit_keeps_its_promise ON cohorts_credit;
DROP TRIGGER credit_is_a_studys ON cohorts_credit;
DROP FUNCTION credit_use_counts();
DROP FUNCTION credit_keeps_its_promise();
DROP FUNCTION credit_is_a_studys();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0020_invoices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="credit",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.CreateModel(
            name="Credit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("spent", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ("withdrawn", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ("expired", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ("words", models.CharField(max_length=300)),
                ("key", models.CharField(editable=False, max_length=20)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="credits", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="credits", to="cohorts.study"
                    ),
                ),
            ],
            options={
                "verbose_name": "member credit",
                "verbose_name_plural": "member credit",
            },
        ),
        migrations.CreateModel(
            name="CreditUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.PositiveIntegerField()),
                ("returned", models.PositiveIntegerField(db_default=0, default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="cohorts.credit"
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="credit_uses", to="cohorts.enrollment"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="credit_positive"),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(("spent__lte", models.F("amount") - models.F("withdrawn") - models.F("expired"))),
                name="credit_never_used_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.UniqueConstraint(fields=("study", "person", "key"), name="credit_given_once"),
        ),
        migrations.AddConstraint(
            model_name="credituse",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="credit_use_positive"),
        ),
        migrations.AddConstraint(
            model_name="credituse",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned__lte", models.F("amount"))), name="credit_use_returned_within"
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]

"""Terms of one partner, with amounts beside the share; terms defend themselves against change."""

# lock: columns that are empty or constant are added to terms and cohorts, which holds them for a moment; terms are one
# row a cohort and version
import django.db.models.deletion
import django.utils.timezone
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

GUARD = """
CREATE FUNCTION terms_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'terms are never changed: write a new version' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER terms_never_change BEFORE UPDATE OR DELETE ON cohorts_terms
FOR EACH ROW EXECUTE FUNCTION terms_never_change();
"""

NO_GUARD = """
DROP TRIGGER terms_never_change ON cohorts_terms;
DROP FUNCTION terms_never_change();
"""


class Migration(migrations.Migration):
    atomic = False  # indexes of tables in use are built beside their readers

    dependencies = [
        ("cohorts", "0010_refund_presets"),
    ]

    operations = [
        migrations.AddField(
            model_name="terms",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="terms",
                to="cohorts.partner",
            ),
        ),
        migrations.AddField(
            model_name="terms",
            name="rules",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="terms",
            name="since",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        AddIndexConcurrently(
            model_name="terms",
            index=models.Index(condition=~models.Q(("rules", {})), fields=["cohort"], name="terms_with_amounts"),
        ),
        migrations.AddField(
            model_name="cohort",
            name="rewarded_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]

# lock: an empty column on payments is no more than a word in the catalogue; its index is built beside who pays
from django.db import migrations, models

ONCE = models.UniqueConstraint(
    condition=models.Q(("charge__isnull", False)), fields=("charge",), name="payment_charge_once"
)
CREATE = """
CREATE UNIQUE INDEX CONCURRENTLY payment_charge_once ON payments_payment (charge) WHERE charge IS NOT NULL
"""
DROP = "DROP INDEX CONCURRENTLY payment_charge_once"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("payments", "0020_payouts_came_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="charge",
            field=models.CharField(blank=True, max_length=255, null=True),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[migrations.AddConstraint(model_name="payment", constraint=ONCE)],
        ),
    ]

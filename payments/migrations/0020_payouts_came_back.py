# lock: an empty column and its check on deposits, some rows a day that only the desk and the bank's file write
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0019_invoices"),
    ]

    operations = [
        migrations.AddField(
            model_name="bankdeposit",
            name="payout",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="came_back",
                to="payments.payout",
            ),
        ),
        migrations.RemoveConstraint(model_name="bankdeposit", name="bank_deposit_matched_to"),
        migrations.AddConstraint(
            model_name="bankdeposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "matched"), _negated=True),
                    ("payment__isnull", False),
                    ("payout__isnull", False),
                    _connector="OR",
                ),
                name="bank_deposit_matched_to",
            ),
        ),
    ]

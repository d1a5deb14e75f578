# lock: a check on payout batches, a few rows a week that only the desk writes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0021_payments_charge"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="payoutbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("draft", "void")), ("checker__isnull", False), _connector="OR"),
                name="batch_checked",
            ),
        ),
    ]

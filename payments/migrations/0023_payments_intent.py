# lock: none; the index of a table in use is built beside its readers
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("payments", "0022_batches_are_checked"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(fields=["intent"], name="payment_intent"),
        ),
    ]

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index of a table in use is built beside its readers

    dependencies = [
        ("cohorts", "0013_coupons"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="enrollment",
            index=models.Index(condition=models.Q(("coupon__isnull", False)), fields=["coupon"], name="enrollment_coupon"),
        ),
    ]

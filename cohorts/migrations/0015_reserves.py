# lock: columns with a default that PostgreSQL keeps beside the table, and a check of a small table
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0014_coupon_index")]

    operations = [
        migrations.AddField("terms", "reserve", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("terms", "reserve_days", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddConstraint(
            "terms",
            models.CheckConstraint(condition=models.Q(("reserve__lte", 10000)), name="terms_reserve_within_whole"),
        ),
    ]

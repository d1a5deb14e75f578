# lock: a column with a constant default is added to refunds without rewriting them
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_short_payouts_and_standings"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="key_number",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
    ]

# lock: the words of a choice only; PostgreSQL is asked to do nothing
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0018_lines_of_deposits"),
    ]

    operations = [
        migrations.AlterField(
            model_name="payment",
            name="provider",
            field=models.CharField(
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
    ]

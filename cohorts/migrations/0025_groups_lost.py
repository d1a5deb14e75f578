# lock: only the words of a state change; nothing is asked of the table
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0024_hold_seat"),
    ]

    operations = [
        migrations.AlterField(
            model_name="seatgroup",
            name="state",
            field=models.CharField(
                choices=[
                    ("quoted", "quoted"),
                    ("paying", "being paid for"),
                    ("invoiced", "to be paid by invoice"),
                    ("overdue", "invoice not paid in time"),
                    ("paid", "paid"),
                    ("lost", "money taken back by the bank"),
                    ("ended", "ended"),
                ],
                default="quoted",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]

# lock: only the words of two columns change; nothing is asked of the database
from django.db import migrations, models


class Migration(migrations.Migration):
    """Words only: the database keeps any ten letters in both columns."""

    dependencies = [
        ("payments", "0006_payouts_through_stripe"),
    ]

    operations = [
        migrations.AlterField(
            model_name="payee",
            name="standing",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "-"),
                    ("unfinished", "not finished"),
                    ("restricted", "more is asked"),
                    ("refused", "refused by Stripe"),
                    ("asked", "can be paid, more is asked soon"),
                    ("enabled", "can be paid"),
                ],
                default="",
                max_length=10,
                verbose_name="standing at Stripe",
            ),
        ),
        migrations.AlterField(
            model_name="payout",
            name="state",
            field=models.CharField(
                choices=[
                    ("drafted", "being prepared"),
                    ("approved", "approved"),
                    ("exported", "with the bank"),
                    ("sending", "being sent"),
                    ("short", "waiting for money at Stripe"),
                    ("unknown", "being checked"),
                    ("paid", "paid"),
                    ("failed", "failed"),
                    ("reversed", "reversed"),
                    ("void", "void"),
                ],
                default="drafted",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]

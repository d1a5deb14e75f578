# lock: columns with constant defaults, added without rewriting; quotes are a few rows a cohort, so their checks are quick
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0019_seat_gifts"),
    ]

    operations = [
        migrations.AddField(
            model_name="groupplan",
            name="invoice_days",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="seatgroup",
            name="extended_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="seatgroup",
            name="pay_by",
            field=models.DateTimeField(blank=True, null=True, verbose_name="to be paid by"),
        ),
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
                    ("ended", "ended"),
                ],
                default="quoted",
                max_length=10,
                verbose_name="state",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("invoice_days__range", (0, 30))), name="group_plan_invoice_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="seatgroup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["invoiced", "overdue"]), _negated=True),
                    ("pay_by__isnull", False),
                    _connector="OR",
                ),
                name="seat_group_owes_by",
            ),
        ),
    ]

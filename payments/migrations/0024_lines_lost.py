# lock: a constant column rewrites nothing; only disputed lines are filled, and the next migration checks the others
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

PENDING = ("inquiry", "open", "review")


def fill(apps, _schema_editor):
    """What a bank has taken of a payment is lost where none decides about it any more."""
    deciding = apps.get_model("payments", "Dispute").objects.filter(state__in=PENDING)
    lines = apps.get_model("payments", "PaymentLine").objects.filter(disputed__gt=0)
    lines.exclude(payment__in=deciding.values("payment")).update(lost=models.F("disputed"))


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0023_payments_intent"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentline",
            name="lost",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddConstraintNotValid(
            model_name="paymentline",
            constraint=models.CheckConstraint(
                condition=models.Q(("lost__lte", models.F("disputed"))), name="line_lost_within"
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_payouts_never_change")]

    operations = [
        migrations.CreateModel(
            name="CashReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("person", "for my income tax (소득공제)"),
                            ("business", "for a business’s expenses (지출증빙)"),
                        ],
                        max_length=10,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked for"),
                            ("issued", "issued"),
                            ("cancelled", "cancelled at Hometax"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("number_sealed", models.TextField(blank=True)),
                ("number_last", models.CharField(blank=True, max_length=4, verbose_name="number ends in")),
                ("number_until", models.DateTimeField(blank=True, null=True, verbose_name="number is erased on")),
                ("amount", models.PositiveIntegerField(blank=True, null=True, verbose_name="issued for")),
                ("approval", models.CharField(blank=True, max_length=20, verbose_name="approval number")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="issued on")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="asked on")),
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cash_receipt",
                        to="payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "cash receipt",
                "verbose_name_plural": "cash receipts",
                "indexes": [
                    models.Index(
                        fields=["number_until"], condition=~Q(number_sealed=""), name="cash_receipt_number_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(number_sealed="") | Q(number_until__isnull=False), name="cash_receipt_number_ends"
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="issued")
                        | (
                            ~Q(approval="")
                            & Q(issued_on__isnull=False)
                            & Q(amount__isnull=False)
                            & Q(amount__gt=0)
                        ),
                        name="cash_receipt_issued_whole",
                    ),
                ],
            },
        ),
    ]

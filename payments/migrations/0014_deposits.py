# lock: new tables; their keys to payments and cohorts hold those for a moment

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0014_coupon_index"),
        ("payments", "0013_cash_receipts"),
    ]

    operations = [
        migrations.CreateModel(
            name="DepositAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bank", models.CharField(blank=True, max_length=40)),
                ("holder", models.CharField(blank=True, max_length=60)),
                ("account_sealed", models.TextField(blank=True, editable=False)),
                ("account_ending", models.CharField(blank=True, max_length=4)),
                ("fingerprint", models.CharField(editable=False, max_length=64, unique=True)),
                ("currency", models.CharField(default="KRW", max_length=3)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed on")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="named on")),
            ],
            options={
                "verbose_name": "account for deposits",
                "verbose_name_plural": "accounts for deposits",
                "permissions": [
                    ("handle_deposits", "Can confirm accounts, read bank files, match deposits and give them back")
                ],
            },
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="kind",
            field=models.CharField(
                choices=[
                    ("stripe", "at Stripe"),
                    ("bank", "in the bank"),
                    ("deposits", "deposited, not matched yet"),
                    ("escrow", "held for a cohort"),
                    ("platform", "the platform's share"),
                    ("payable", "owed to a person"),
                    ("paying", "on its way to a person"),
                    ("income_tax", "income tax withheld"),
                    ("local_tax", "local income tax withheld"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="provider",
            field=models.CharField(
                choices=[("stripe", "Stripe"), ("free", "free"), ("bank", "bank deposit")], max_length=10
            ),
        ),
        migrations.CreateModel(
            name="BankDeposit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("amount", models.PositiveIntegerField()),
                ("words", models.CharField(blank=True, max_length=100, verbose_name="what the bank says")),
                (
                    "state",
                    models.CharField(
                        choices=[("unmatched", "not matched"), ("matched", "matched"), ("returned", "going back")],
                        default="unmatched",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="read on")),
                ("looked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposits",
                        to="payments.payment",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposits",
                        to="payments.depositaccount",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank deposit",
                "verbose_name_plural": "bank deposits",
            },
        ),
        migrations.CreateModel(
            name="DepositOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bank", models.CharField(blank=True, max_length=40)),
                ("holder", models.CharField(blank=True, max_length=60)),
                ("account_sealed", models.TextField(blank=True, editable=False)),
                ("account_ending", models.CharField(blank=True, max_length=4)),
                ("code", models.CharField(max_length=5)),
                ("depositor", models.CharField(blank=True, max_length=20)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("deadline", models.DateTimeField(blank=True, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="payments.depositaccount"
                    ),
                ),
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deposit_order", to="payments.payment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DepositPlan",
            fields=[
                (
                    "cohort",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="deposit_plan",
                        serialize=False,
                        to="cohorts.cohort",
                    ),
                ),
                ("on", models.BooleanField(default=True)),
                ("share", models.PositiveIntegerField()),
                ("hours", models.PositiveIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="payments.depositaccount"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DepositReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bank", models.CharField(blank=True, max_length=40)),
                ("holder", models.CharField(blank=True, max_length=60)),
                ("account_sealed", models.TextField(blank=True, editable=False)),
                ("account_ending", models.CharField(blank=True, max_length=4)),
                ("amount", models.PositiveIntegerField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("over", "more than was asked"),
                            ("short", "less than was asked"),
                            ("unknown", "nobody knows what for"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(choices=[("owed", "owed"), ("sent", "sent")], default="owed", max_length=10),
                ),
                ("reference", models.CharField(blank=True, max_length=120, null=True, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="sent on")),
                (
                    "deposit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="returned", to="payments.bankdeposit"
                    ),
                ),
            ],
            options={
                "verbose_name": "deposit going back",
                "verbose_name_plural": "deposits going back",
            },
        ),
        migrations.AddIndex(
            model_name="bankdeposit",
            index=models.Index(
                condition=models.Q(("looked_at", None)), fields=["created_at"], name="bank_deposit_to_match"
            ),
        ),
        migrations.AddIndex(
            model_name="bankdeposit",
            index=models.Index(
                condition=models.Q(("state", "unmatched")), fields=["at"], name="bank_deposit_unmatched"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankdeposit",
            constraint=models.UniqueConstraint(fields=("account", "reference"), name="bank_deposit_once"),
        ),
        migrations.AddConstraint(
            model_name="bankdeposit",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="bank_deposit_positive"),
        ),
        migrations.AddConstraint(
            model_name="bankdeposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "matched"), _negated=True), ("payment__isnull", False), _connector="OR"
                ),
                name="bank_deposit_matched_to",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositorder",
            constraint=models.UniqueConstraint(fields=("account", "code"), name="deposit_code_once"),
        ),
        migrations.AddConstraint(
            model_name="depositorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deadline", None),
                    models.Q(
                        ("deadline__isnull", False),
                        (
                            "deadline__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("created_at"), "+", models.Value(datetime.timedelta(days=2))
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="deposit_order_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deadline", None),
                    models.Q(
                        models.Q(("account_sealed", ""), _negated=True), models.Q(("depositor", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="deposit_order_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="depositplan",
            constraint=models.CheckConstraint(condition=models.Q(("hours__range", (1, 48))), name="deposit_plan_hours"),
        ),
        migrations.AddConstraint(
            model_name="depositplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__range", (1, 10000))), name="deposit_plan_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="depositreturn",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="deposit_return_positive"),
        ),
        migrations.AddConstraint(
            model_name="depositreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "sent"), _negated=True),
                    models.Q(("reference__isnull", False), ("sent_on__isnull", False)),
                    _connector="OR",
                ),
                name="deposit_return_sent",
            ),
        ),
    ]

# lock: an empty column is added to transactions, which holds them for a moment; its index is built beside
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # indexes of tables in use are built beside their readers

    dependencies = [
        ("cohorts", "0011_terms_of_partners"),
        ("payments", "0008_refund_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Due",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("members", "for the members of their groups"),
                            ("session", "for a session they led"),
                            ("cohort", "for the whole cohort"),
                            ("bonus", "for members who completed"),
                        ],
                        max_length=10,
                        verbose_name="what for",
                    ),
                ),
                ("amount", models.PositiveIntegerField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dues", to="cohorts.cohort"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dues",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cohorts.session",
                    ),
                ),
            ],
            options={
                "verbose_name": "due of a partner",
                "verbose_name_plural": "dues of partners",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "cohort", "person", "session"), name="due_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="due_positive"),
                ],
            },
        ),
        migrations.AddField(
            model_name="ledgertransaction",
            name="due",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="payments.due",
            ),
        ),
        AddIndexConcurrently(
            model_name="ledgertransaction",
            index=models.Index(condition=models.Q(("due__isnull", False)), fields=["due"], name="transaction_of_due"),
        ),
    ]

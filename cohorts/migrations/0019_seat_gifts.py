# lock: a new table; two columns, one empty without an index, one with a constant default: no table is rewritten

import django.db.models.deletion
import studyplatform.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0018_seat_groups_checked"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="study",
            name="gives_seats",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.CreateModel(
            name="SeatGift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="words")),
                (
                    "token",
                    models.CharField(
                        default=studyplatform.kit.ids.secret_token, editable=False, max_length=32, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waits for an answer"),
                            ("taken", "accepted"),
                            ("declined", "declined"),
                            ("withdrawn", "taken back"),
                            ("expired", "not answered in time"),
                            ("gone", "the seat was not theirs to give any more"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="offered on")),
                ("expires_at", models.DateTimeField(verbose_name="open until")),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gifts",
                        to="cohorts.enrollment",
                        verbose_name="seat of",
                    ),
                ),
                (
                    "place",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gift",
                        to="cohorts.enrollment",
                        verbose_name="now the seat of",
                    ),
                ),
            ],
            options={
                "verbose_name": "seat given",
                "verbose_name_plural": "seats given",
                "indexes": [
                    models.Index(condition=models.Q(("state", "pending")), fields=["expires_at"], name="gift_due")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")), fields=("enrollment",), name="gift_one_waits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "taken"), ("place__isnull", False)),
                            models.Q(models.Q(("state", "taken"), _negated=True), ("place__isnull", True)),
                            _connector="OR",
                        ),
                        name="gift_taken_has_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "pending"), ("email", ""), _connector="OR"),
                        name="gift_address_forgotten",
                    ),
                ],
            },
        ),
    ]

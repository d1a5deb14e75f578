# lock: every table here is new
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import studyplatform.kit.ids
from studyplatform.kit.together import Together


class Migration(migrations.Migration):
    replaces = [
        ("showcase", "0001_initial"),
        ("showcase", "0002_pending_edits"),
        ("showcase", "0003_comments"),
        ("showcase", "0004_kept_from_search"),
    ]

    initial = True

    dependencies = [("accounts", "__first__"), ("cohorts", "0001_initial")]

    operations = [
        Together(
            models=[
                migrations.CreateModel(
                    name="CaseStudy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "public_id",
                            models.CharField(
                                default=studyplatform.kit.ids.short_id, editable=False, max_length=10, unique=True
                            ),
                        ),
                        ("credit", models.CharField(blank=True, max_length=200)),
                        ("title", models.CharField(blank=True, max_length=90)),
                        ("summary", models.CharField(blank=True, max_length=200)),
                        ("language", models.CharField(choices=[("ko", "Korean"), ("en", "English")], max_length=5)),
                        (
                            "field",
                            models.CharField(
                                choices=[
                                    ("marketing", "Marketing"),
                                    ("design", "Design"),
                                    ("automation", "Automation"),
                                    ("education", "Education"),
                                    ("finance", "Finance"),
                                    ("health", "Health"),
                                    ("food", "Food"),
                                    ("making", "Making"),
                                    ("research", "Research"),
                                ],
                                default="automation",
                                max_length=20,
                            ),
                        ),
                        ("html", models.TextField(blank=True)),
                        ("recipe", models.JSONField(blank=True, default=dict)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("published", "published"),
                                    ("hidden", "hidden"),
                                    ("removed", "removed"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        (
                            "visibility",
                            models.CharField(
                                choices=[("public", "everybody"), ("cohort", "my cohort")],
                                default="public",
                                max_length=10,
                            ),
                        ),
                        ("indexed", models.BooleanField(default=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("saved_at", models.DateTimeField(auto_now=True)),
                        ("published_at", models.DateTimeField(blank=True, null=True)),
                        ("edited_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="case_studies",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="case_studies",
                                to="cohorts.enrollment",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="remixes",
                                to="showcase.casestudy",
                            ),
                        ),
                        (
                            "presentation",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="case_study",
                                to="cohorts.presentation",
                            ),
                        ),
                        (
                            "cover",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="showcase.picture",
                            ),
                        ),
                        ("pending", models.JSONField(blank=True, null=True)),
                        ("saved_in", models.CharField(blank=True, max_length=30)),
                        ("kept_from_search", models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        "verbose_name_plural": "case studies",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "published"), ("visibility", "public")),
                                fields=["-published_at", "-id"],
                                name="case_public",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "published"), _negated=True),
                                    ("published_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="published_has_date",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Picture",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "public_id",
                            models.CharField(
                                default=studyplatform.kit.ids.short_id, editable=False, max_length=10, unique=True
                            ),
                        ),
                        (
                            "file",
                            models.ImageField(height_field="height", upload_to="pictures/%Y/%m/", width_field="width"),
                        ),
                        ("width", models.PositiveIntegerField(default=0)),
                        ("height", models.PositiveIntegerField(default=0)),
                        ("alt", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "case_study",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="pictures",
                                to="showcase.casestudy",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pictures",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Comment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "public_id",
                            models.CharField(
                                default=studyplatform.kit.ids.short_id, editable=False, max_length=10, unique=True
                            ),
                        ),
                        ("text", models.TextField(max_length=2000)),
                        (
                            "state",
                            models.CharField(
                                choices=[("shown", "shown"), ("taken_back", "taken back"), ("hidden", "put away")],
                                default="shown",
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "answers",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answered_by",
                                to="showcase.comment",
                            ),
                        ),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="comments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "case_study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="comments",
                                to="showcase.casestudy",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "comment",
                        "verbose_name_plural": "comments",
                        "indexes": [models.Index(fields=["case_study", "-at"], name="comment_of_post")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("answers", models.F("id")), _negated=True),
                                name="comment_answers_another",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]

# lock: every table here is new
import re

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import studyplatform.kit.ids
from studyplatform.kit.together import Together


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_api_token"),
        ("accounts", "0003_write_scope"),
        ("accounts", "0004_letters_seen"),
        ("accounts", "0005_past_handles"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        Together(
            models=[
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, unique=True)),
                        (
                            "handle",
                            models.CharField(
                                default=studyplatform.kit.ids.short_id,
                                max_length=30,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        re.compile("^[a-z0-9_]{3,30}$"),
                                        "Use 3 to 30 small letters, digits or underscores.",
                                    )
                                ],
                            ),
                        ),
                        (
                            "language",
                            models.CharField(choices=[("ko", "Korean"), ("en", "English")], default="ko", max_length=5),
                        ),
                        ("time_zone", models.CharField(default="Asia/Seoul", max_length=60)),
                        (
                            "calendar_token",
                            models.CharField(
                                default=studyplatform.kit.ids.secret_token, editable=False, max_length=32, unique=True
                            ),
                        ),
                        (
                            "mail_token",
                            models.CharField(
                                default=studyplatform.kit.ids.secret_token, editable=False, max_length=32, unique=True
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True)),
                        ("is_staff", models.BooleanField(default=False)),
                        ("date_joined", models.DateTimeField(default=django.utils.timezone.now)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                        (
                            "letters_seen_at",
                            models.DateTimeField(
                                db_default=django.db.models.functions.datetime.Now(),
                                default=django.utils.timezone.now,
                                editable=False,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                django.db.models.functions.text.Lower("email"), name="user_email_any_case"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=30)),
                        ("version", models.CharField(max_length=20)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="consents",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at", None)),
                                fields=("person", "kind", "version"),
                                name="consent_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Profile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("pen_name", models.CharField(max_length=40)),
                        ("work", models.CharField(blank=True, max_length=80)),
                        ("field", models.CharField(blank=True, max_length=20)),
                        ("about", models.TextField(blank=True, max_length=1000)),
                        ("can_help", models.CharField(blank=True, max_length=120)),
                        ("looking_for", models.CharField(blank=True, max_length=120)),
                        ("picture", models.ImageField(blank=True, upload_to="faces/")),
                        (
                            "person",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="profile",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60)),
                        ("hash", models.CharField(editable=False, max_length=64, unique=True)),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("read", "see what is mine: places, sessions, turns, drafts"),
                                        ("join", "join cohorts, take turns and pass them on"),
                                        ("write", "write case studies, publish and remove them"),
                                    ],
                                    max_length=10,
                                ),
                                size=None,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("used_at", models.DateTimeField(blank=True, null=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_tokens",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PastHandle",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("handle", models.CharField(max_length=30, unique=True)),
                        ("given_up_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="past_handles",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
            ],
        ),
    ]

# lock: every table here is new
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import studyplatform.kit.ids
from studyplatform.kit.together import Together

TERMS_GUARD = """
CREATE FUNCTION terms_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'terms are never changed: write a new version' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER terms_never_change BEFORE UPDATE OR DELETE ON cohorts_terms
FOR EACH ROW EXECUTE FUNCTION terms_never_change();
"""

NO_TERMS_GUARD = """
DROP TRIGGER terms_never_change ON cohorts_terms;
DROP FUNCTION terms_never_change();
"""

CREDIT_GUARDS = """
CREATE FUNCTION credit_is_a_studys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cohorts_cohort WHERE study_id = NEW.study_id AND currency = NEW.currency) THEN
        RAISE EXCEPTION 'credit is in a currency of its study' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION credit_keeps_its_promise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (OLD.person_id, OLD.study_id, OLD.amount, OLD.currency, OLD.key)
        IS DISTINCT FROM (NEW.person_id, NEW.study_id, NEW.amount, NEW.currency, NEW.key)
    THEN
        RAISE EXCEPTION 'credit once given is never changed: take back what is left' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.spent <> OLD.spent AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is spent of credit is counted from its uses' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.withdrawn < OLD.withdrawn OR NEW.expired < OLD.expired THEN
        RAISE EXCEPTION 'credit that is gone stays gone' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION credit_use_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the use of a credit stays' USING ERRCODE = 'check_violation';
    ELSIF TG_OP = 'UPDATE' THEN
        IF (OLD.credit_id, OLD.enrollment_id, OLD.amount) IS DISTINCT FROM (NEW.credit_id, NEW.enrollment_id, NEW.amount)
            OR NEW.returned < OLD.returned
        THEN
            RAISE EXCEPTION 'of a use of credit only more comes back' USING ERRCODE = 'check_violation';
        END IF;
        UPDATE cohorts_credit SET spent = spent - (NEW.returned - OLD.returned) WHERE id = NEW.credit_id;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM cohorts_credit c
        JOIN cohorts_enrollment e ON e.person_id = c.person_id AND e.currency = c.currency
        JOIN cohorts_cohort h ON h.id = e.cohort_id AND h.study_id = c.study_id
        WHERE c.id = NEW.credit_id AND e.id = NEW.enrollment_id
    ) THEN
        RAISE EXCEPTION 'credit is used by its person, in its study and currency' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE cohorts_credit SET spent = spent + NEW.amount - NEW.returned WHERE id = NEW.credit_id;
    RETURN NEW;
END $$;

CREATE TRIGGER credit_is_a_studys BEFORE INSERT ON cohorts_credit
FOR EACH ROW EXECUTE FUNCTION credit_is_a_studys();
CREATE TRIGGER credit_keeps_its_promise BEFORE UPDATE OR DELETE ON cohorts_credit
FOR EACH ROW EXECUTE FUNCTION credit_keeps_its_promise();
CREATE TRIGGER credit_use_counts BEFORE INSERT OR UPDATE OR DELETE ON cohorts_credituse
FOR EACH ROW EXECUTE FUNCTION credit_use_counts();
"""

NO_CREDIT_GUARDS = """
DROP TRIGGER credit_use_counts ON cohorts_credituse;
DROP TRIGGER credit_keeps_its_promise ON cohorts_credit;
DROP TRIGGER credit_is_a_studys ON cohorts_credit;
DROP FUNCTION credit_use_counts();
DROP FUNCTION credit_keeps_its_promise();
DROP FUNCTION credit_is_a_studys();
"""


class Migration(migrations.Migration):
    replaces = [
        ("cohorts", "0001_initial"),
        ("cohorts", "0002_minimum_decided"),
        ("cohorts", "0003_hosts_preview"),
        ("cohorts", "0004_copies_and_notes"),
        ("cohorts", "0005_partners_way_in"),
        ("cohorts", "0006_thanks"),
        ("cohorts", "0007_news"),
        ("cohorts", "0008_left_because"),
        ("cohorts", "0009_waiting"),
        ("cohorts", "0010_refund_presets"),
        ("cohorts", "0011_terms_of_partners"),
        ("cohorts", "0012_early_prices"),
        ("cohorts", "0013_coupons"),
        ("cohorts", "0014_coupon_index"),
        ("cohorts", "0015_reserves"),
        ("cohorts", "0016_moved_from"),
        ("cohorts", "0017_seat_groups"),
        ("cohorts", "0018_seat_groups_checked"),
        ("cohorts", "0019_seat_gifts"),
        ("cohorts", "0020_invoices"),
        ("cohorts", "0021_credit"),
        ("cohorts", "0022_presale"),
        ("cohorts", "0023_scholarships"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        Together(
            models=[
                migrations.CreateModel(
                    name="Cohort",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("open", "open"),
                                    ("closed", "closed"),
                                    ("finished", "finished"),
                                    ("called_off", "called off"),
                                ],
                                default="draft",
                                max_length=12,
                            ),
                        ),
                        ("zone", models.CharField(max_length=60)),
                        ("starts_on", models.DateField()),
                        ("meets_at", models.TimeField()),
                        ("minutes", models.PositiveIntegerField(default=90)),
                        ("weeks", models.PositiveIntegerField(default=8)),
                        ("turns_per_session", models.PositiveIntegerField(default=5)),
                        ("link", models.URLField(blank=True)),
                        ("minimum", models.PositiveIntegerField(default=0)),
                        ("minimum_by", models.DateTimeField(blank=True, null=True)),
                        ("closes_at", models.DateTimeField()),
                        (
                            "currency",
                            models.CharField(choices=[("KRW", "KRW"), ("USD", "USD"), ("JPY", "JPY")], max_length=3),
                        ),
                        ("posts_needed", models.PositiveIntegerField(default=2)),
                        ("opened_at", models.DateTimeField(blank=True, null=True)),
                        ("called_off_at", models.DateTimeField(blank=True, null=True)),
                        ("refunded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.refundpolicy"
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="cohorts", to="cohorts.study"
                            ),
                        ),
                        ("minimum_met_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("minimum_told_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "copied_from",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="copies",
                                to="cohorts.cohort",
                            ),
                        ),
                        ("news_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("told_to", models.BigIntegerField(blank=True, editable=False, null=True)),
                        ("too_few", models.BooleanField(editable=False, null=True)),
                        ("rewarded_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("alumni_hours", models.PositiveIntegerField(db_default=0, default=0)),
                        ("followers_hours", models.PositiveIntegerField(db_default=0, default=0)),
                        ("opens_at", models.DateTimeField(blank=True, null=True)),
                        ("presale_seats", models.PositiveIntegerField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("refunded_at", None), ("state", "called_off")),
                                fields=["called_off_at"],
                                name="cohort_refunds_due",
                            ),
                            models.Index(
                                condition=models.Q(
                                    ("minimum__gt", 0), ("minimum_met_at", None), ("state__in", ["open", "closed"])
                                ),
                                fields=["minimum_by"],
                                name="cohort_minimum_due",
                            ),
                            models.Index(
                                condition=models.Q(("news_at__isnull", False)),
                                fields=["news_at"],
                                name="cohort_news_due",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("study", "number"), name="cohort_number_once"),
                            models.CheckConstraint(condition=models.Q(("weeks__range", (1, 52))), name="cohort_weeks"),
                            models.CheckConstraint(
                                condition=models.Q(("minutes__range", (15, 600))), name="cohort_minutes"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("minimum", 0), ("minimum_by__isnull", False), _connector="OR"),
                                name="cohort_minimum_has_date",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opens_at__isnull", False),
                                    models.Q(
                                        ("alumni_hours", 0), ("followers_hours", 0), ("presale_seats__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="cohort_presale_has_opening",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opens_at__isnull", True), ("opens_at__lt", models.F("closes_at")), _connector="OR"
                                ),
                                name="cohort_opens_before_closing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Partner",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("applied", "applied"),
                                    ("approved", "approved"),
                                    ("paused", "paused"),
                                    ("ended", "ended"),
                                    ("declined", "declined"),
                                    ("withdrawn", "withdrawn"),
                                ],
                                default="applied",
                                max_length=12,
                            ),
                        ),
                        ("notes", models.TextField(blank=True)),
                        (
                            "person",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="partner",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RefundPolicy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "preset",
                            models.CharField(
                                choices=[
                                    ("remaining_sessions", "By remaining sessions"),
                                    ("thirds_and_halves", "By thirds and halves"),
                                    ("try_first", "In full until the second session, then by remaining sessions"),
                                    ("seven_days", "In full for seven days after the first session"),
                                    ("by_date", "By date"),
                                    ("by_law", "What the law gives, no more"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("data", models.JSONField(default=dict)),
                    ],
                    options={
                        "verbose_name_plural": "refund policies",
                        "constraints": [
                            models.UniqueConstraint(fields=("preset", "version"), name="policy_version_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Enrollment",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("waitlisted", "waiting"),
                                    ("offered", "offered"),
                                    ("held", "being paid for"),
                                    ("reserved", "kept for a company"),
                                    ("active", "member"),
                                    ("completed", "completed"),
                                    ("expired", "not paid in time"),
                                    ("cancelled", "left"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("hold_until", models.DateTimeField(blank=True, null=True)),
                        ("price", models.PositiveIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("introduction", models.CharField(blank=True, max_length=200)),
                        ("came_from_kind", models.CharField(blank=True, max_length=20)),
                        ("came_from_id", models.CharField(blank=True, max_length=40)),
                        ("joined_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrollments",
                                to="cohorts.cohort",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrollments",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.refundpolicy"
                            ),
                        ),
                        (
                            "terms",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.terms"
                            ),
                        ),
                        ("left_because", models.CharField(blank=True, db_default="", max_length=300)),
                        ("offered_until", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "price_kind",
                            models.CharField(db_default="standard", default="standard", editable=False, max_length=12),
                        ),
                        (
                            "coupon",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="enrollments",
                                to="cohorts.coupon",
                            ),
                        ),
                        (
                            "moved_from",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moved_to",
                                to="cohorts.enrollment",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="places",
                                to="cohorts.seatgroup",
                            ),
                        ),
                        (
                            "given_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("credit", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["held", "offered"])),
                                fields=["hold_until"],
                                name="enrollment_hold_due",
                            ),
                            models.Index(
                                condition=models.Q(("state", "waitlisted")),
                                fields=["cohort", "id"],
                                name="enrollment_line",
                            ),
                            models.Index(
                                condition=models.Q(("coupon__isnull", False)),
                                fields=["coupon"],
                                name="enrollment_coupon",
                            ),
                            models.Index(
                                condition=models.Q(("group__isnull", False)), fields=["group"], name="enrollment_group"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("state__in", ["waitlisted", "offered", "held", "active", "completed"])
                                ),
                                fields=("cohort", "person"),
                                name="enrollment_live_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["held", "offered"]), _negated=True),
                                    ("hold_until__isnull", False),
                                    _connector="OR",
                                ),
                                name="enrollment_hold_ends",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("moved_from__isnull", False),
                                    ("state__in", ["offered", "held", "active", "completed"]),
                                ),
                                fields=("moved_from",),
                                name="enrollment_moved_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("person__isnull", False),
                                    models.Q(
                                        ("group__isnull", False),
                                        ("person__isnull", True),
                                        ("state__in", ["held", "reserved", "expired", "cancelled"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="enrollment_named",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "reserved"), _negated=True),
                                    ("person__isnull", True),
                                    _connector="OR",
                                ),
                                name="enrollment_reserved_unnamed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Study",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("slug", models.SlugField(default=studyplatform.kit.ids.short_id, max_length=60, unique=True)),
                        ("title", models.CharField(max_length=60)),
                        ("promise", models.CharField(max_length=200)),
                        ("for_whom", models.TextField(blank=True, max_length=600)),
                        ("not_for", models.TextField(blank=True, max_length=600)),
                        ("host_words", models.TextField(blank=True, max_length=1500)),
                        ("language", models.CharField(choices=[("ko", "Korean"), ("en", "English")], max_length=5)),
                        (
                            "wording",
                            models.CharField(
                                choices=[
                                    ("study", "study"),
                                    ("club", "club"),
                                    ("gathering", "gathering"),
                                    ("league", "league"),
                                ],
                                default="study",
                                max_length=12,
                            ),
                        ),
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
                        ("picture", models.ImageField(blank=True, upload_to="studies/")),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "draft"), ("public", "public"), ("retired", "retired")],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "payee",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="paid_studies",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("gives_seats", models.BooleanField(db_default=True, default=True)),
                    ],
                    options={
                        "verbose_name_plural": "studies",
                    },
                ),
                migrations.CreateModel(
                    name="StudyRole",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("host", "host"), ("co-host", "co-host")], default="host", max_length=10
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="study_roles",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="roles", to="cohorts.study"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("study", "person"), name="role_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Subgroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("topic", models.CharField(max_length=60)),
                        (
                            "weekday",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (0, "Monday"),
                                    (1, "Tuesday"),
                                    (2, "Wednesday"),
                                    (3, "Thursday"),
                                    (4, "Friday"),
                                    (5, "Saturday"),
                                    (6, "Sunday"),
                                ]
                            ),
                        ),
                        ("meets_at", models.TimeField()),
                        ("minutes", models.PositiveIntegerField(default=60)),
                        ("capacity", models.PositiveIntegerField()),
                        ("taken", models.PositiveIntegerField(default=0)),
                        ("link", models.URLField(blank=True)),
                        ("chat_link", models.URLField(blank=True)),
                        ("chat_code", models.CharField(blank=True, max_length=30)),
                        ("greeting", models.TextField(blank=True, max_length=500)),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subgroups",
                                to="cohorts.cohort",
                            ),
                        ),
                        (
                            "copied_from",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="cohorts.subgroup",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                                fields=("cohort", "position"),
                                name="subgroup_position_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("taken__lte", models.F("capacity"))), name="subgroup_never_oversold"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Session",
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
                        ("number", models.PositiveIntegerField()),
                        ("title", models.CharField(blank=True, max_length=80)),
                        ("run_sheet", models.TextField(blank=True)),
                        ("starts_at", models.DateTimeField()),
                        ("minutes", models.PositiveIntegerField()),
                        ("turns", models.PositiveIntegerField()),
                        ("link", models.URLField(blank=True)),
                        ("sequence", models.PositiveIntegerField(default=0)),
                        (
                            "state",
                            models.CharField(
                                choices=[("planned", "planned"), ("cancelled", "cancelled")],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        ("released_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sessions",
                                to="cohorts.cohort",
                            ),
                        ),
                        (
                            "subgroup",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sessions",
                                to="cohorts.subgroup",
                            ),
                        ),
                        ("news_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("told_to", models.BigIntegerField(blank=True, editable=False, null=True)),
                        ("moved_from", models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                    options={
                        "ordering": ["starts_at"],
                        "indexes": [
                            models.Index(fields=["cohort", "starts_at"], name="session_by_time"),
                            models.Index(
                                condition=models.Q(("released_at", None), ("subgroup", None)),
                                fields=["starts_at"],
                                name="session_release_due",
                            ),
                            models.Index(
                                condition=models.Q(("news_at__isnull", False)),
                                fields=["news_at"],
                                name="session_news_due",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("cohort", "subgroup", "number"),
                                name="session_number_once",
                                nulls_distinct=False,
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("since", models.DateTimeField(auto_now_add=True)),
                        ("until", models.DateTimeField(blank=True, null=True)),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="cohorts.enrollment",
                            ),
                        ),
                        (
                            "subgroup",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="cohorts.subgroup",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)), fields=("enrollment",), name="membership_open_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Leadership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("lead", "leads"), ("stand-in", "stands in")], default="lead", max_length=10
                            ),
                        ),
                        ("period", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="leaderships",
                                to="cohorts.partner",
                            ),
                        ),
                        (
                            "subgroup",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="leaderships",
                                to="cohorts.subgroup",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("kind", "lead")),
                                expressions=[("subgroup", "="), ("period", "&&")],
                                name="leadership_one_lead",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Terms",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("platform_share", models.PositiveIntegerField()),
                        ("partner_share", models.PositiveIntegerField()),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="terms", to="cohorts.cohort"
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="terms",
                                to="cohorts.partner",
                            ),
                        ),
                        ("rules", models.JSONField(blank=True, db_default={}, default=dict)),
                        ("reserve", models.PositiveIntegerField(db_default=0, default=0)),
                        ("reserve_days", models.PositiveIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        "verbose_name_plural": "terms",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("rules", {}), _negated=True),
                                fields=["cohort"],
                                name="terms_with_amounts",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("cohort", "version"), name="terms_version_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "platform_share__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.Value(10000), "-", models.F("partner_share")
                                        ),
                                    )
                                ),
                                name="terms_within_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reserve__lte", 10000)), name="terms_reserve_within_whole"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Seats",
                    fields=[
                        (
                            "cohort",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="seats",
                                serialize=False,
                                to="cohorts.cohort",
                            ),
                        ),
                        ("capacity", models.PositiveIntegerField()),
                        ("taken", models.PositiveIntegerField(default=0)),
                        ("waiting", models.PositiveIntegerField(default=0)),
                        ("freed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                    ],
                    options={
                        "verbose_name_plural": "seats",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("taken__lte", models.F("capacity"))), name="seats_never_oversold"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("capacity__range", (1, 10000))), name="seats_capacity"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Contribution",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=12)),
                        ("key", models.CharField(max_length=60)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("voided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contributions",
                                to="cohorts.enrollment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("enrollment", "kind", "key"), name="contribution_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Price",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("standard", "standard"), ("early_bird", "early bird")],
                                default="standard",
                                max_length=12,
                            ),
                        ),
                        ("amount", models.PositiveIntegerField()),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="cohorts.cohort"
                            ),
                        ),
                        ("first", models.PositiveIntegerField(blank=True, null=True)),
                        ("until", models.DateTimeField(blank=True, null=True)),
                        ("used", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("cohort", "kind"), name="price_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "early_bird"), _negated=True),
                                    ("until__isnull", False),
                                    ("first__isnull", False),
                                    _connector="OR",
                                ),
                                name="price_early_ends",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reminder",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("due_at", models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                        ("claim_token", models.UUIDField(blank=True, editable=False, null=True)),
                        ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                        ("error", models.TextField(blank=True, editable=False)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("kind", models.CharField(max_length=10)),
                        ("sequence", models.PositiveIntegerField()),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminders",
                                to="cohorts.enrollment",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reminders",
                                to="cohorts.session",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(condition=models.Q(("done_at", None)), fields=["due_at"], name="reminder_due")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("session", "enrollment", "kind", "sequence"), name="reminder_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Presentation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("minutes", models.PositiveIntegerField(default=10)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waiting"),
                                    ("claimed", "writing"),
                                    ("ready", "ready"),
                                    ("live", "now"),
                                    ("done", "presented"),
                                    ("missed", "missed"),
                                    ("passed", "passed on"),
                                ],
                                default="claimed",
                                max_length=10,
                            ),
                        ),
                        ("claimed_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="presentations",
                                to="cohorts.enrollment",
                            ),
                        ),
                        (
                            "session",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="presentations",
                                to="cohorts.session",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "passed"), _negated=True),
                                fields=("session", "position"),
                                name="turn_position_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "passed"), _negated=True),
                                fields=("session", "enrollment"),
                                name="turn_person_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Nudge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("words", models.TextField(max_length=1000)),
                        ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("rests", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="nudges",
                                to="cohorts.enrollment",
                            ),
                        ),
                        (
                            "sender",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-sent_at"],
                        "constraints": [
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[("enrollment", "="), ("rests", "&&")], name="nudge_rests"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartnerNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("words", models.TextField(max_length=2000)),
                        ("changed_at", models.DateTimeField(auto_now=True)),
                        (
                            "author",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="partner_notes",
                                to="cohorts.enrollment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("enrollment", "author"), name="partner_note_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PartnerApplication",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("subject", models.CharField(max_length=80, verbose_name="what they would lead")),
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
                                max_length=20,
                                verbose_name="field of work",
                            ),
                        ),
                        (
                            "slots",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12),
                                size=None,
                                verbose_name="when they have time",
                            ),
                        ),
                        ("sample", models.URLField(blank=True, verbose_name="a post of theirs")),
                        ("words", models.TextField(max_length=1500, verbose_name="in their own words")),
                        ("at", models.DateTimeField(auto_now_add=True, verbose_name="asked on")),
                        (
                            "partner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="applications",
                                to="cohorts.partner",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "application",
                        "verbose_name_plural": "applications",
                        "indexes": [models.Index(fields=["partner", "-at"], name="application_latest")],
                    },
                ),
                migrations.CreateModel(
                    name="PartnerInvitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
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
                                    ("accepted", "accepted"),
                                    ("declined", "declined"),
                                    ("withdrawn", "taken back"),
                                ],
                                default="pending",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked on")),
                        ("expires_at", models.DateTimeField(verbose_name="open until")),
                        (
                            "host",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="asked by",
                            ),
                        ),
                        (
                            "partner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="cohorts.partner",
                                verbose_name="accepted by",
                            ),
                        ),
                        (
                            "subgroup",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="cohorts.subgroup",
                                verbose_name="subgroup",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "invitation",
                        "verbose_name_plural": "invitations",
                        "indexes": [models.Index(fields=["host", "created_at"], name="invitation_by_host")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "pending")),
                                fields=("subgroup",),
                                name="invitation_one_waits",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Thanks",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("words", models.CharField(max_length=300)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "giver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="thanks_given",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "presentation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="thanks",
                                to="cohorts.presentation",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "thanks",
                        "verbose_name_plural": "thanks",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("taken_back_at", None)),
                                fields=["presentation", "-at"],
                                name="thanks_of_turn",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("taken_back_at", None)),
                                fields=("presentation", "giver"),
                                name="thanks_once_a_turn",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Coupon",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                max_length=20,
                                unique=True,
                                validators=[
                                    django.core.validators.RegexValidator(
                                        "^[0-9A-Z가-힣-]{3,20}$", "Three to twenty letters, digits or dashes."
                                    )
                                ],
                            ),
                        ),
                        ("percent", models.PositiveIntegerField(blank=True, null=True)),
                        ("amount", models.PositiveIntegerField(blank=True, null=True)),
                        ("currency", models.CharField(blank=True, max_length=3)),
                        ("limit", models.PositiveIntegerField()),
                        ("per_person", models.PositiveIntegerField(default=1)),
                        ("used", models.PositiveIntegerField(default=0, editable=False)),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        ("off_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("carried_by", models.CharField(blank=True, max_length=60)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "cohort",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="coupons",
                                to="cohorts.cohort",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="coupons", to="cohorts.study"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("used__lte", models.F("limit"))), name="coupon_never_overused"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("amount", None), ("percent__isnull", False), ("percent__range", (1, 100))
                                    ),
                                    models.Q(
                                        ("amount__gt", 0),
                                        ("amount__isnull", False),
                                        ("currency__gt", ""),
                                        ("percent", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="coupon_one_kind",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeatInvitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
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
                                    ("taken", "taken"),
                                    ("withdrawn", "taken back"),
                                ],
                                default="pending",
                                max_length=10,
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="cohorts.seatgroup",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "pending")),
                                fields=("group", "email"),
                                name="seat_invitation_once",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GroupPlan",
                    fields=[
                        (
                            "cohort",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="group_plan",
                                serialize=False,
                                to="cohorts.cohort",
                            ),
                        ),
                        ("on", models.BooleanField(default=True)),
                        ("reduction", models.PositiveIntegerField(default=0)),
                        ("reduction_from", models.PositiveIntegerField(default=2)),
                        ("quote_days", models.PositiveIntegerField(default=14)),
                        ("invoice_days", models.PositiveIntegerField(db_default=0, default=0)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reduction__range", (0, 9000))), name="group_plan_reduction"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reduction_from__range", (2, 300))), name="group_plan_from"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quote_days__range", (1, 60))), name="group_plan_quote_days"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("invoice_days__range", (0, 30))), name="group_plan_invoice_days"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeatGroup",
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
                            "state",
                            models.CharField(
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
                        ("size", models.PositiveIntegerField(verbose_name="seats")),
                        ("price", models.PositiveIntegerField(verbose_name="price of each")),
                        ("currency", models.CharField(max_length=3)),
                        ("company", models.CharField(max_length=80, verbose_name="company")),
                        (
                            "business_number",
                            models.CharField(blank=True, max_length=10, verbose_name="business number"),
                        ),
                        ("contact", models.CharField(max_length=60, verbose_name="contact")),
                        ("contact_email", models.EmailField(max_length=254, verbose_name="e-mail for the invoice")),
                        ("language", models.CharField(choices=[("ko", "Korean"), ("en", "English")], max_length=5)),
                        (
                            "token",
                            models.CharField(
                                default=studyplatform.kit.ids.secret_token, editable=False, max_length=32, unique=True
                            ),
                        ),
                        ("good_until", models.DateTimeField(verbose_name="good until")),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked on")),
                        (
                            "buyer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="buyer",
                            ),
                        ),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="groups_of_seats",
                                to="cohorts.cohort",
                            ),
                        ),
                        (
                            "policy",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cohorts.refundpolicy"
                            ),
                        ),
                        ("extended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("pay_by", models.DateTimeField(blank=True, null=True, verbose_name="to be paid by")),
                    ],
                    options={
                        "verbose_name": "company’s seats",
                        "verbose_name_plural": "companies’ seats",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("size__range", (2, 300))), name="seat_group_size"
                            ),
                            models.CheckConstraint(condition=models.Q(("price__gt", 0)), name="seat_group_costs"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("business_number", ""), ("business_number__regex", "^[0-9]{10}$"), _connector="OR"
                                ),
                                name="seat_group_business",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["invoiced", "overdue"]), _negated=True),
                                    ("pay_by__isnull", False),
                                    _connector="OR",
                                ),
                                name="seat_group_owes_by",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SeatGift",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                            models.Index(
                                condition=models.Q(("state", "pending")), fields=["expires_at"], name="gift_due"
                            )
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
                migrations.CreateModel(
                    name="Credit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", models.PositiveIntegerField()),
                        ("currency", models.CharField(max_length=3)),
                        ("spent", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                        ("withdrawn", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                        ("expired", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                        ("words", models.CharField(max_length=300)),
                        ("key", models.CharField(editable=False, max_length=20)),
                        ("ends_at", models.DateTimeField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "given_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credits",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="credits", to="cohorts.study"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "member credit",
                        "verbose_name_plural": "member credit",
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="credit_positive"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "spent__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("amount"), "-", models.F("withdrawn")
                                            ),
                                            "-",
                                            models.F("expired"),
                                        ),
                                    )
                                ),
                                name="credit_never_used_twice",
                            ),
                            models.UniqueConstraint(fields=("study", "person", "key"), name="credit_given_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CreditUse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("amount", models.PositiveIntegerField()),
                        ("returned", models.PositiveIntegerField(db_default=0, default=0)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "credit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="cohorts.credit"
                            ),
                        ),
                        (
                            "enrollment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="credit_uses",
                                to="cohorts.enrollment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="credit_use_positive"),
                            models.CheckConstraint(
                                condition=models.Q(("returned__lte", models.F("amount"))),
                                name="credit_use_returned_within",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Announcement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("news_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("told_to", models.BigIntegerField(blank=True, editable=False, null=True)),
                        (
                            "audience",
                            models.CharField(
                                choices=[
                                    ("alumni", "Members of earlier cohorts"),
                                    ("followers", "Who asked to be told"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "cohort",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="announcements",
                                to="cohorts.cohort",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("news_at__isnull", False)),
                                fields=["news_at"],
                                name="announcement_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("cohort", "audience"), name="announcement_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StudyFollow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="study_follows",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="follows", to="cohorts.study"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("study", "person"), name="follow_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Scholarship",
                    fields=[
                        (
                            "cohort",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="scholarship",
                                serialize=False,
                                to="cohorts.cohort",
                            ),
                        ),
                        ("places", models.PositiveIntegerField()),
                        ("percent", models.PositiveIntegerField()),
                        ("for_whom", models.CharField(blank=True, max_length=300)),
                        ("used", models.PositiveIntegerField(default=0, editable=False)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("used__lte", models.F("places"))),
                                name="scholarship_never_overgiven",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("percent__range", (1, 100))), name="scholarship_percent"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScholarshipApplication",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("asked", "asked"),
                                    ("granted", "place given"),
                                    ("declined", "not this time"),
                                    ("lapsed", "not used in time"),
                                    ("withdrawn", "taken back"),
                                ],
                                default="asked",
                                max_length=10,
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=1000)),
                        ("answer", models.TextField(blank=True, max_length=600)),
                        ("price", models.PositiveIntegerField(blank=True, null=True)),
                        ("until", models.DateTimeField(blank=True, null=True)),
                        ("words_until", models.DateTimeField(blank=True, null=True)),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="scholarships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "scholarship",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="applications",
                                to="cohorts.scholarship",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "granted")), fields=["until"], name="scholarship_lapses"
                            ),
                            models.Index(
                                condition=models.Q(("words_until__isnull", False)),
                                fields=["words_until"],
                                name="scholarship_words",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["asked", "granted"])),
                                fields=("scholarship", "person"),
                                name="scholarship_asked_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "granted"), _negated=True),
                                    models.Q(("price__isnull", False), ("until__isnull", False)),
                                    _connector="OR",
                                ),
                                name="scholarship_yes_has_price",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.RunSQL(TERMS_GUARD, NO_TERMS_GUARD),
        migrations.RunSQL(CREDIT_GUARDS, NO_CREDIT_GUARDS),
    ]

# lock: empty columns are added to enrollments and seats, which holds them for a moment; the index is built beside
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index of a table in use is built beside its readers

    dependencies = [
        ("cohorts", "0008_left_because"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="offered_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="seats",
            name="freed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        AddIndexConcurrently(
            model_name="enrollment",
            index=models.Index(
                fields=["cohort", "id"], condition=models.Q(("state", "waitlisted")), name="enrollment_line"
            ),
        ),
    ]

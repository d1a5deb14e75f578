# lock: empty columns are added to sessions and cohorts, which holds them for a moment; the indexes are built beside
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NEWS = models.Q(("news_at__isnull", False))


class Migration(migrations.Migration):
    atomic = False  # indexes of tables in use are built beside their readers

    dependencies = [
        ("cohorts", "0006_thanks"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="news_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="told_to",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="moved_from",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="cohort",
            name="news_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="cohort",
            name="told_to",
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="cohort",
            name="too_few",
            field=models.BooleanField(editable=False, null=True),
        ),
        AddIndexConcurrently(
            model_name="session",
            index=models.Index(fields=["news_at"], condition=NEWS, name="session_news_due"),
        ),
        AddIndexConcurrently(
            model_name="cohort",
            index=models.Index(fields=["news_at"], condition=NEWS, name="cohort_news_due"),
        ),
    ]

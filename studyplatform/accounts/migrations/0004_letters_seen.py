import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """What was written before is seen: the database gives every row the moment of this migration, without a rewrite."""

    dependencies = [
        ("accounts", "0003_write_scope"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="letters_seen_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
                editable=False,
            ),
        ),
    ]

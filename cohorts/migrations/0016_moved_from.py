# lock: one empty column without an index of its own; the constraint's index holds no row yet, so it is built at once
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cohorts", "0015_reserves"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="moved_from",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moved_to",
                to="cohorts.enrollment",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrollment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("moved_from__isnull", False), ("state__in", ["offered", "held", "active", "completed"])
                ),
                fields=("moved_from",),
                name="enrollment_moved_once",
            ),
        ),
    ]

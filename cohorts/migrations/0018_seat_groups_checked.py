from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the rows that stand are checked, and the index built, beside their readers and writers

    dependencies = [
        ("cohorts", "0017_seat_groups"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="enrollment",
            index=models.Index(condition=models.Q(("group__isnull", False)), fields=["group"], name="enrollment_group"),
        ),
        ValidateConstraint(model_name="enrollment", name="enrollment_named"),
        ValidateConstraint(model_name="enrollment", name="enrollment_reserved_unnamed"),
    ]

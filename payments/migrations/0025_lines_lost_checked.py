# lock: none; the rows that stand are checked beside their readers and writers
from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("payments", "0024_lines_lost"),
    ]

    operations = [ValidateConstraint(model_name="paymentline", name="line_lost_within")]

"""A draft is previewed by its hosts, signed in; no token opens it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0002_minimum_decided")]
    operations = [migrations.RemoveField(model_name="cohort", name="preview_token")]

# lock: a column with a default the database keeps is added in a moment, whatever the number of posts
"""An author may keep a post from search engines."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("showcase", "0003_comments")]

    operations = [
        migrations.AddField(
            model_name="casestudy",
            name="kept_from_search",
            field=models.BooleanField(default=False, db_default=False),
        ),
    ]

# lock: new tables; empty columns of cohorts, and two checks that look once at one row for each cohort
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohorts', '0021_credit'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('news_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('told_to', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('audience', models.CharField(choices=[('alumni', 'Members of earlier cohorts'), ('followers', 'Who asked to be told')], max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='StudyFollow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name='cohort',
            name='alumni_hours',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='cohort',
            name='followers_hours',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='cohort',
            name='opens_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='cohort',
            name='presale_seats',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__isnull', False), models.Q(('alumni_hours', 0), ('followers_hours', 0), ('presale_seats__isnull', True)), _connector='OR'), name='cohort_presale_has_opening'),
        ),
        migrations.AddConstraint(
            model_name='cohort',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__isnull', True), ('opens_at__lt', models.F('closes_at')), _connector='OR'), name='cohort_opens_before_closing'),
        ),
        migrations.AddField(
            model_name='announcement',
            name='cohort',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='announcements', to='cohorts.cohort'),
        ),
        migrations.AddField(
            model_name='studyfollow',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='study_follows', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='studyfollow',
            name='study',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follows', to='cohorts.study'),
        ),
        migrations.AddIndex(
            model_name='announcement',
            index=models.Index(condition=models.Q(('news_at__isnull', False)), fields=['news_at'], name='announcement_due'),
        ),
        migrations.AddConstraint(
            model_name='announcement',
            constraint=models.UniqueConstraint(fields=('cohort', 'audience'), name='announcement_once'),
        ),
        migrations.AddConstraint(
            model_name='studyfollow',
            constraint=models.UniqueConstraint(fields=('study', 'person'), name='follow_once'),
        ),
    ]

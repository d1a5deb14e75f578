# lock: two new tables; whoever they point to is looked at for no longer than a foreign key takes
import django.db.models.deletion
import studyplatform.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohorts', '0022_presale'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Scholarship',
            fields=[
                ('cohort', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='scholarship', serialize=False, to='cohorts.cohort')),
                ('places', models.PositiveIntegerField()),
                ('percent', models.PositiveIntegerField()),
                ('for_whom', models.CharField(blank=True, max_length=300)),
                ('used', models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('used__lte', models.F('places'))), name='scholarship_never_overgiven'), models.CheckConstraint(condition=models.Q(('percent__range', (1, 100))), name='scholarship_percent')],
            },
        ),
        migrations.CreateModel(
            name='ScholarshipApplication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=studyplatform.kit.ids.short_id, editable=False, max_length=10, unique=True)),
                ('state', models.CharField(choices=[('asked', 'asked'), ('granted', 'place given'), ('declined', 'not this time'), ('lapsed', 'not used in time'), ('withdrawn', 'taken back')], default='asked', max_length=10)),
                ('words', models.TextField(blank=True, max_length=1000)),
                ('answer', models.TextField(blank=True, max_length=600)),
                ('price', models.PositiveIntegerField(blank=True, null=True)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('words_until', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scholarships', to=settings.AUTH_USER_MODEL)),
                ('scholarship', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='cohorts.scholarship')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'granted')), fields=['until'], name='scholarship_lapses'), models.Index(condition=models.Q(('words_until__isnull', False)), fields=['words_until'], name='scholarship_words')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'granted'])), fields=('scholarship', 'person'), name='scholarship_asked_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), models.Q(('price__isnull', False), ('until__isnull', False)), _connector='OR'), name='scholarship_yes_has_price')],
            },
        ),
    ]

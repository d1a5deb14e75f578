# lock: an empty column and a NOT NULL less need no rewriting; what checks the rows that stand is the next migration's
import django.db.models.deletion
import studyplatform.kit.ids
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cohorts', '0016_moved_from'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SeatInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('token', models.CharField(default=studyplatform.kit.ids.secret_token, editable=False, max_length=32, unique=True)),
                ('state', models.CharField(choices=[('pending', 'waits for an answer'), ('taken', 'taken'), ('withdrawn', 'taken back')], default='pending', max_length=10)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AlterField(
            model_name='enrollment',
            name='person',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='enrollment',
            name='state',
            field=models.CharField(choices=[('waitlisted', 'waiting'), ('offered', 'offered'), ('held', 'being paid for'), ('reserved', 'kept for a company'), ('active', 'member'), ('completed', 'completed'), ('expired', 'not paid in time'), ('cancelled', 'left')], max_length=12),
        ),
        migrations.CreateModel(
            name='GroupPlan',
            fields=[
                ('cohort', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='group_plan', serialize=False, to='cohorts.cohort')),
                ('on', models.BooleanField(default=True)),
                ('reduction', models.PositiveIntegerField(default=0)),
                ('reduction_from', models.PositiveIntegerField(default=2)),
                ('quote_days', models.PositiveIntegerField(default=14)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reduction__range', (0, 9000))), name='group_plan_reduction'), models.CheckConstraint(condition=models.Q(('reduction_from__range', (2, 300))), name='group_plan_from'), models.CheckConstraint(condition=models.Q(('quote_days__range', (1, 60))), name='group_plan_quote_days')],
            },
        ),
        migrations.CreateModel(
            name='SeatGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=studyplatform.kit.ids.short_id, editable=False, max_length=10, unique=True)),
                ('state', models.CharField(choices=[('quoted', 'quoted'), ('paying', 'being paid for'), ('paid', 'paid'), ('ended', 'ended')], default='quoted', max_length=10, verbose_name='state')),
                ('size', models.PositiveIntegerField(verbose_name='seats')),
                ('price', models.PositiveIntegerField(verbose_name='price of each')),
                ('currency', models.CharField(max_length=3)),
                ('company', models.CharField(max_length=80, verbose_name='company')),
                ('business_number', models.CharField(blank=True, max_length=10, verbose_name='business number')),
                ('contact', models.CharField(max_length=60, verbose_name='contact')),
                ('contact_email', models.EmailField(max_length=254, verbose_name='e-mail for the invoice')),
                ('language', models.CharField(choices=[('ko', 'Korean'), ('en', 'English')], max_length=5)),
                ('token', models.CharField(default=studyplatform.kit.ids.secret_token, editable=False, max_length=32, unique=True)),
                ('good_until', models.DateTimeField(verbose_name='good until')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='asked on')),
                ('buyer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups_of_seats', to='cohorts.cohort')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cohorts.refundpolicy')),
            ],
            options={
                'verbose_name': 'company’s seats',
                'verbose_name_plural': 'companies’ seats',
            },
        ),
        migrations.AddField(
            model_name='enrollment',
            name='group',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='places', to='cohorts.seatgroup'),
        ),
        AddConstraintNotValid(
            model_name='enrollment',
            constraint=models.CheckConstraint(condition=models.Q(('person__isnull', False), models.Q(('group__isnull', False), ('person__isnull', True), ('state__in', ['held', 'reserved', 'expired', 'cancelled'])), _connector='OR'), name='enrollment_named'),
        ),
        AddConstraintNotValid(
            model_name='enrollment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'reserved'), _negated=True), ('person__isnull', True), _connector='OR'), name='enrollment_reserved_unnamed'),
        ),
        migrations.AddField(
            model_name='seatinvitation',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='cohorts.seatgroup'),
        ),
        migrations.AddConstraint(
            model_name='seatgroup',
            constraint=models.CheckConstraint(condition=models.Q(('size__range', (2, 300))), name='seat_group_size'),
        ),
        migrations.AddConstraint(
            model_name='seatgroup',
            constraint=models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='seat_group_costs'),
        ),
        migrations.AddConstraint(
            model_name='seatgroup',
            constraint=models.CheckConstraint(condition=models.Q(('business_number', ''), ('business_number__regex', '^[0-9]{10}$'), _connector='OR'), name='seat_group_business'),
        ),
        migrations.AddConstraint(
            model_name='seatinvitation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('group', 'email'), name='seat_invitation_once'),
        ),
    ]

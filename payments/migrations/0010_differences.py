# lock: three new tables; the index of transactions, which are in use, is built beside their readers
import django.db.models.deletion
import django.utils.timezone
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cohorts', '0014_coupon_index'),
        ('payments', '0009_dues'),
    ]

    operations = [
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(max_length=300, unique=True)),
                ('kind', models.CharField(max_length=30)),
                ('state', models.CharField(choices=[('open', 'open'), ('cured', 'cured'), ('explained', 'explained')], default='open', max_length=10, verbose_name='state')),
                ('ours', models.BigIntegerField(blank=True, null=True)),
                ('theirs', models.BigIntegerField(blank=True, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('at', models.DateTimeField(verbose_name='happened')),
                ('about', models.CharField(blank=True, max_length=60)),
                ('about_id', models.CharField(blank=True, max_length=40)),
                ('first_seen', models.DateTimeField(default=django.utils.timezone.now, verbose_name='first seen')),
                ('last_seen', models.DateTimeField(default=django.utils.timezone.now, verbose_name='last seen')),
            ],
            options={
                'verbose_name': 'difference',
                'verbose_name_plural': 'differences',
                'permissions': [('handle_differences', 'Can cure and explain differences')],
            },
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                ('claim_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveIntegerField(default=0, editable=False)),
                ('error', models.TextField(blank=True, editable=False)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('night', models.DateField(unique=True, verbose_name='night')),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('step', models.CharField(default='fetch', max_length=20, verbose_name='comes next')),
                ('cursor', models.CharField(blank=True, max_length=255)),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='begun')),
            ],
            options={
                'verbose_name': 'reconciliation',
                'verbose_name_plural': 'reconciliations',
            },
        ),
        migrations.CreateModel(
            name='StripeMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=255, unique=True, verbose_name='number at Stripe')),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('at', models.DateTimeField(verbose_name='happened')),
                ('currency', models.CharField(max_length=3)),
                ('amount', models.BigIntegerField()),
                ('fee', models.BigIntegerField()),
                ('source', models.CharField(blank=True, db_index=True, max_length=255, verbose_name='came from')),
                ('intent', models.CharField(blank=True, db_index=True, max_length=255, verbose_name='payment at Stripe')),
                ('ours', models.CharField(blank=True, max_length=255, verbose_name='our number')),
            ],
            options={
                'verbose_name': 'movement at Stripe',
                'verbose_name_plural': 'movements at Stripe',
            },
        ),
        migrations.AddField(
            model_name='difference',
            name='booked',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.ledgertransaction'),
        ),
        migrations.AddIndex(
            model_name='reconciliation',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='reconciliation_due'),
        ),
        migrations.AddIndex(
            model_name='stripemovement',
            index=models.Index(fields=['at', 'id'], name='stripe_movement_at'),
        ),
        migrations.AddField(
            model_name='difference',
            name='movement',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.stripemovement'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['first_seen'], name='difference_open'),
        ),
        AddIndexConcurrently(
            model_name='ledgertransaction',
            index=models.Index(fields=['at', 'id'], name='transaction_at'),
        ),
    ]

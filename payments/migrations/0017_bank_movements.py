# lock: accounts for deposits and differences are small tables, and get a constant column and an empty one

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0016_outside'),
    ]

    operations = [
        migrations.AddField(
            model_name='depositaccount',
            name='tells_out',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.CreateModel(
            name='BankMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=80, verbose_name='number at the bank')),
                ('at', models.DateTimeField(verbose_name='happened')),
                ('amount', models.BigIntegerField()),
                ('balance', models.BigIntegerField(blank=True, null=True)),
                ('words', models.CharField(blank=True, max_length=100, verbose_name='what the bank says')),
                ('stands_for', models.CharField(blank=True, max_length=80, verbose_name='booked as')),
                ('read_at', models.DateTimeField(auto_now_add=True, verbose_name='read on')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='payments.depositaccount')),
            ],
            options={
                'verbose_name': 'movement at the bank',
                'verbose_name_plural': 'movements at the bank',
            },
        ),
        migrations.AddField(
            model_name='difference',
            name='line',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.bankmovement'),
        ),
        migrations.AddIndex(
            model_name='bankmovement',
            index=models.Index(fields=['account', 'at', 'id'], name='bank_movement_at'),
        ),
        migrations.AddIndex(
            model_name='bankmovement',
            index=models.Index(condition=models.Q(('stands_for', '')), fields=['id'], name='bank_movement_unnamed'),
        ),
        migrations.AddConstraint(
            model_name='bankmovement',
            constraint=models.UniqueConstraint(fields=('account', 'reference'), name='bank_movement_once'),
        ),
        migrations.AddConstraint(
            model_name='bankmovement',
            constraint=models.UniqueConstraint(condition=models.Q(('stands_for', ''), _negated=True), fields=('stands_for',), name='bank_movement_for_one'),
        ),
        migrations.AddConstraint(
            model_name='bankmovement',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='bank_movement_not_zero'),
        ),
    ]

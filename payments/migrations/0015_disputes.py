# lock: a column with a constant default is added to payment lines without rewriting them; disputes are a new table
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0014_deposits'),
    ]

    operations = [
        migrations.AddField(
            model_name='paymentline',
            name='disputed',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='refund',
            name='state',
            field=models.CharField(choices=[('owed', 'owed'), ('sending', 'being sent'), ('unknown', 'being checked'), ('pending', 'on its way'), ('succeeded', 'sent'), ('failed', 'failed'), ('held', 'waits for the buyer’s bank'), ('manual', 'by hand'), ('void', 'void')], default='owed', max_length=10),
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True)),
                ('claim_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveIntegerField(default=0, editable=False)),
                ('error', models.TextField(blank=True, editable=False)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('reference', models.CharField(max_length=255, unique=True, verbose_name='at Stripe')),
                ('amount', models.PositiveIntegerField()),
                ('reason', models.CharField(blank=True, max_length=60, verbose_name='reason')),
                ('state', models.CharField(choices=[('inquiry', 'the bank asks'), ('open', 'to be answered'), ('review', 'with the bank'), ('won', 'won'), ('lost', 'lost'), ('dropped', 'dropped')], max_length=10, verbose_name='state')),
                ('answer_by', models.DateTimeField(blank=True, null=True, verbose_name='answer by')),
                ('opened_at', models.DateTimeField(verbose_name='opened on')),
                ('looked_at', models.DateTimeField(editable=False)),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='decided on')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='payments.payment')),
            ],
            options={
                'verbose_name': 'dispute',
                'verbose_name_plural': 'disputes',
                'permissions': [('handle_disputes', 'Is written to about disputes and answers them at Stripe')],
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['due_at'], name='dispute_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='dispute_positive'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state__in', ['inquiry', 'open', 'review'])), models.Q(('closed_at__isnull', False), ('state__in', ['won', 'lost', 'dropped'])), _connector='OR'), name='dispute_closed_when_over')],
            },
        ),
    ]

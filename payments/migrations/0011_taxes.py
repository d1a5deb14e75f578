# lock: columns with a default that PostgreSQL keeps beside the table are added to payouts, which holds them for a moment
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0010_differences'),
    ]

    operations = [
        migrations.AddField(
            model_name='payout',
            name='business_number',
            field=models.CharField(blank=True, db_default='', default='', max_length=10, verbose_name='business number'),
        ),
        migrations.AddField(
            model_name='payout',
            name='income_tax',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='income tax'),
        ),
        migrations.AddField(
            model_name='payout',
            name='local_tax',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='local income tax'),
        ),
        migrations.AddField(
            model_name='payout',
            name='vat',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='VAT in it'),
        ),
        migrations.AlterField(
            model_name='ledgeraccount',
            name='kind',
            field=models.CharField(choices=[('stripe', 'at Stripe'), ('bank', 'in the bank'), ('escrow', 'held for a cohort'), ('platform', "the platform's share"), ('payable', 'owed to a person'), ('paying', 'on its way to a person'), ('income_tax', 'income tax withheld'), ('local_tax', 'local income tax withheld')], max_length=12),
        ),
        migrations.CreateModel(
            name='Taxpayer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('person', 'as a person'), ('business', 'as a business')], default='person', max_length=10, verbose_name='taxed')),
                ('business_number', models.CharField(blank=True, max_length=10, verbose_name='business number')),
                ('business_name', models.CharField(blank=True, max_length=60, verbose_name='name of the business')),
                ('pays_vat', models.BooleanField(default=True, verbose_name='VAT is in what they earn')),
                ('resident_sealed', models.TextField(blank=True)),
                ('resident_last', models.CharField(blank=True, max_length=1)),
                ('resident_until', models.DateTimeField(blank=True, null=True, verbose_name='number is erased on')),
                ('payee', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='taxpayer', to='payments.payee', verbose_name='payee')),
            ],
            options={
                'verbose_name': 'taxpayer',
                'verbose_name_plural': 'taxpayers',
                'permissions': [('see_tax_files', 'Can fetch the files for the tax office, with resident numbers')],
                'indexes': [models.Index(condition=models.Q(('resident_sealed', ''), _negated=True), fields=['resident_until'], name='resident_number_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('resident_sealed', ''), ('resident_until__isnull', False), _connector='OR'), name='resident_number_ends'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'business'), _negated=True), models.Q(('business_number', ''), _negated=True), _connector='OR'), name='business_has_number')],
            },
        ),
    ]

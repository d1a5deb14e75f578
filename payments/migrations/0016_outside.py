# lock: only words of choices change

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0015_disputes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='payment',
            name='provider',
            field=models.CharField(choices=[('stripe', 'Stripe'), ('free', 'free'), ('bank', 'bank deposit'), ('outside', 'paid elsewhere')], max_length=10),
        ),
        migrations.AlterField(
            model_name='refund',
            name='state',
            field=models.CharField(choices=[('owed', 'owed'), ('sending', 'being sent'), ('unknown', 'being checked'), ('pending', 'on its way'), ('succeeded', 'sent'), ('failed', 'failed'), ('held', 'waits for the buyer’s bank'), ('manual', 'by hand'), ('void', 'void'), ('outside', 'the host’s to give back')], default='owed', max_length=10),
        ),
    ]

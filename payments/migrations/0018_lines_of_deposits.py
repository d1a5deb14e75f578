# lock: the table it writes to is new, nobody else reads or writes it yet
from django.db import migrations

# What banks' files told before their lines were kept: each deposit was a line of one.
LINES = """
INSERT INTO payments_bankmovement (account_id, reference, at, amount, words, stands_for, read_at)
SELECT account_id, reference, at, amount, words, 'deposit:' || id, created_at FROM payments_bankdeposit ORDER BY id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0017_bank_movements'),
    ]

    operations = [migrations.RunSQL(LINES, "DELETE FROM payments_bankmovement")]

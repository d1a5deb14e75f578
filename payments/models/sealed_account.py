"""A bank account as it is kept: the number sealed, its end to be told by (payments/sealed.py)."""

from django.db import models


class SealedAccount(models.Model):
    """Columns of a row that holds a bank account."""

    bank = models.CharField(max_length=40, blank=True)
    holder = models.CharField(max_length=60, blank=True)
    account_sealed = models.TextField(blank=True, editable=False)
    account_ending = models.CharField(max_length=4, blank=True)

    class Meta:
        abstract = True

"""Deposit orders: what a buyer who pays by deposit was told, and where their money would go back to."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from payments.models.sealed_account import SealedAccount

LONGEST = datetime.timedelta(hours=48)


class DepositOrder(SealedAccount):
    """The code a payment's deposit is told by. Bank, holder and number are the buyer's own, for money going back."""

    payment = models.OneToOneField("payments.Payment", on_delete=models.PROTECT, related_name="deposit_order")
    account = models.ForeignKey("payments.DepositAccount", on_delete=models.PROTECT, related_name="orders")
    code = models.CharField(max_length=5)
    depositor = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deadline = models.DateTimeField(null=True, blank=True)  # once the buyer has said where money would go back to

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "code"], name="deposit_code_once"),
            models.CheckConstraint(
                condition=Q(deadline=None) | Q(deadline__isnull=False, deadline__lte=F("created_at") + LONGEST),
                name="deposit_order_ends",
            ),
            models.CheckConstraint(
                condition=Q(deadline=None) | ~Q(account_sealed="") & ~Q(depositor=""), name="deposit_order_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} for {self.payment_id}"

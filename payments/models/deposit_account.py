"""Accounts deposits are paid into, and the cohorts that take deposits."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.sealed_account import SealedAccount


class DepositAccount(SealedAccount):
    """An account hosts named. Deposits go there once somebody at the desk has said that the platform holds it."""

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)  # finds the number without opening it
    currency = models.CharField(max_length=3, default="KRW")
    tells_out = models.BooleanField(default=False, db_default=False, editable=False)  # its files say what left it too
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True)
    created_at = models.DateTimeField(_("named on"), auto_now_add=True)

    class Meta:
        verbose_name = _("account for deposits")
        verbose_name_plural = _("accounts for deposits")
        permissions = [("handle_deposits", "Can confirm accounts, read bank files, match deposits and give them back")]

    def __str__(self) -> str:
        return f"{self.bank} …{self.account_ending} {self.holder}"


class DepositPlan(models.Model):
    """How a cohort takes deposits: into which account, for how many hours, for which share of its seats at once."""

    cohort = models.OneToOneField(
        "cohorts.Cohort", on_delete=models.PROTECT, related_name="deposit_plan", primary_key=True
    )
    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="plans")
    on = models.BooleanField(default=True)
    share = models.PositiveIntegerField()  # basis points of the seats that may wait for a deposit at once
    hours = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hours__range=(1, 48)), name="deposit_plan_hours"),
            models.CheckConstraint(condition=Q(share__range=(1, 10_000)), name="deposit_plan_share"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.hours} h"

"""The ledger: double entry, immutable; PostgreSQL holds the sum of each transaction at zero (see the migration)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LedgerAccount(models.Model):
    """A place money is: what is ours to show is positive, what we owe is negative. Balances are sums over entries."""

    class Kind(models.TextChoices):
        STRIPE = "stripe", _("at Stripe")
        BANK = "bank", _("in the bank")
        DEPOSITS = "deposits", _("deposited, not matched yet")
        ESCROW = "escrow", _("held for a cohort")
        PLATFORM = "platform", _("the platform's share")
        PAYABLE = "payable", _("owed to a person")
        PAYING = "paying", _("on its way to a person")
        INCOME_TAX = "income_tax", _("income tax withheld")
        LOCAL_TAX = "local_tax", _("local income tax withheld")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    currency = models.CharField(max_length=3)
    cohort = models.ForeignKey("cohorts.Cohort", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "currency", "cohort", "person"], name="account_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cohort_id or self.person_id or ''} {self.currency}"


class LedgerTransaction(models.Model):
    """One event of money. `cause` is unique, so that nothing is booked twice: "sale:12", "release:3:45"."""

    cause = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(default=timezone.now)
    session = models.ForeignKey("cohorts.Session", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("payments.PaymentLine", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due = models.ForeignKey(
        "payments.Due", null=True, blank=True, on_delete=models.PROTECT, related_name="payments", db_index=False
    )

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        indexes = [
            models.Index(fields=["due"], condition=Q(due__isnull=False), name="transaction_of_due"),
            models.Index(fields=["at", "id"], name="transaction_at"),
        ]

    def __str__(self) -> str:
        return self.cause


class LedgerEntry(models.Model):
    """A signed amount in minor units of its account's currency."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount = models.BigIntegerField()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="entry_not_zero")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"

"""What moved in an account of ours at a bank, as the bank's own file says it: copied when it is read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from studyplatform.kit import moments, money


class BankMovement(models.Model):
    """One line of a bank's file. `stands_for` is the cause of what the ledger booked for it; empty: not known yet."""

    account = models.ForeignKey("payments.DepositAccount", on_delete=models.PROTECT, related_name="movements")
    reference = models.CharField(_("number at the bank"), max_length=80)
    at = models.DateTimeField(_("happened"))
    amount = models.BigIntegerField()  # minor units, signed: negative when money leaves
    balance = models.BigIntegerField(null=True, blank=True)  # what was there after it, where the bank says so
    words = models.CharField(_("what the bank says"), max_length=100, blank=True)
    stands_for = models.CharField(_("booked as"), max_length=80, blank=True)  # or "batch:<id>": all its payouts at once
    read_at = models.DateTimeField(_("read on"), auto_now_add=True)

    class Meta:
        verbose_name = _("movement at the bank")
        verbose_name_plural = _("movements at the bank")
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="bank_movement_once"),
            models.UniqueConstraint(fields=["stands_for"], condition=~Q(stands_for=""), name="bank_movement_for_one"),
            models.CheckConstraint(condition=~Q(amount=0), name="bank_movement_not_zero"),
        ]
        indexes = [
            models.Index(fields=["account", "at", "id"], name="bank_movement_at"),
            models.Index(fields=["id"], condition=Q(stands_for=""), name="bank_movement_unnamed"),
        ]

    def __str__(self) -> str:
        return " · ".join((moments.day(self.at), money.show(self.amount, self.account.currency), self.words))

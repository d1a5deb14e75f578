"""Bank deposits: the lines of the bank's own file, each kept once, and what of them goes back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.sealed_account import SealedAccount


class BankDeposit(models.Model):
    """Money that reached an account of ours, as the bank tells it. `looked_at` is empty until it was tried to match."""

    class State(models.TextChoices):
        UNMATCHED = "unmatched", _("not matched")
        MATCHED = "matched", _("matched")
        RETURNED = "returned", _("going back")

    MOVES = {"unmatched": {"matched", "returned"}, "matched": {"returned"}}

    account = models.ForeignKey("payments.DepositAccount", on_delete=models.PROTECT, related_name="deposits")
    reference = models.CharField(max_length=80)
    at = models.DateTimeField()
    amount = models.PositiveIntegerField()
    words = models.CharField(_("what the bank says"), max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNMATCHED)
    payment = models.ForeignKey(
        "payments.Payment", null=True, blank=True, on_delete=models.PROTECT, related_name="deposits"
    )
    payout = models.OneToOneField(  # of ours, which its payee's bank sent back
        "payments.Payout", null=True, blank=True, on_delete=models.PROTECT, related_name="came_back"
    )
    created_at = models.DateTimeField(_("read on"), auto_now_add=True)
    looked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("bank deposit")
        verbose_name_plural = _("bank deposits")
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="bank_deposit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_deposit_positive"),
            models.CheckConstraint(
                condition=~Q(state="matched") | Q(payment__isnull=False) | Q(payout__isnull=False),
                name="bank_deposit_matched_to",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(looked_at=None), name="bank_deposit_to_match"),
            models.Index(fields=["at"], condition=Q(state="unmatched"), name="bank_deposit_unmatched"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.amount} {self.words}"


class DepositReturn(SealedAccount):
    """What of a deposit never became a payment and goes back from our bank, sent by hand; once for each deposit."""

    class Cause(models.TextChoices):
        OVER = "over", _("more than was asked")
        SHORT = "short", _("less than was asked")
        UNKNOWN = "unknown", _("nobody knows what for")

    class State(models.TextChoices):
        OWED = "owed", _("owed")
        SENT = "sent", _("sent")

    MOVES = {"owed": {"sent"}}

    deposit = models.OneToOneField(BankDeposit, on_delete=models.PROTECT, related_name="returned")
    amount = models.PositiveIntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OWED)
    reference = models.CharField(max_length=120, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)

    class Meta:
        verbose_name = _("deposit going back")
        verbose_name_plural = _("deposits going back")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="deposit_return_positive"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_on__isnull=False, reference__isnull=False),
                name="deposit_return_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.cause} {self.state}"

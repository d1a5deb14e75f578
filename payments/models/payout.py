"""Payouts: money going out to hosts and partners, and the batches a bank file holds."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.models import ASKED_WITHIN, Queued, due_index


class PayoutBatch(models.Model):
    """Payouts sent together; one person makes it, another checks it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("to be checked")
        APPROVED = "approved", _("approved")
        EXPORTED = "exported", _("file made")
        CLOSED = "closed", _("closed")
        VOID = "void", _("void")

    MOVES = {
        "draft": {"approved", "void"},
        "approved": {"draft", "exported"},
        "exported": {"closed"},
    }

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    rail = models.CharField(_("way of paying"), max_length=10, default="bank_file")
    currency = models.CharField(_("currency"), max_length=3)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("checked by"),
    )
    file = models.TextField(blank=True)
    file_hash = models.CharField(_("fingerprint of the file"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("made on"), auto_now_add=True)

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        permissions = [
            ("handle_payouts", "Can make batches, fetch bank files and write down what the bank did"),
            ("approve_payouts", "Can check and approve batches somebody else made"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(checker=None) | ~Q(checker=F("maker")), name="batch_two_people"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "void")) | Q(checker__isnull=False), name="batch_checked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class Payout(Queued):
    """One payment to one payee. One that fails returns the money to the balance; the next run makes a new row."""

    class State(models.TextChoices):
        DRAFTED = "drafted", _("being prepared")
        APPROVED = "approved", _("approved")
        EXPORTED = "exported", _("with the bank")
        SENDING = "sending", _("being sent")
        SHORT = "short", _("waiting for money at Stripe")
        UNKNOWN = "unknown", _("being checked")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        REVERSED = "reversed", _("reversed")
        VOID = "void", _("void")

    LONGEST_BACKOFF = ASKED_WITHIN
    MOVES = {
        "drafted": {"approved", "void"},
        "approved": {"drafted", "sending", "exported", "failed", "void"},
        "sending": {"paid", "failed", "unknown", "short"},
        "short": {"sending", "failed", "void"},
        "unknown": {"paid", "failed", "sending"},
        "exported": {"paid", "failed"},
        "paid": {"failed", "reversed"},
    }

    payee = models.ForeignKey(
        "payments.Payee", on_delete=models.PROTECT, related_name="payouts", verbose_name=_("payee")
    )
    amount = models.PositiveIntegerField()  # what is sent
    income_tax = models.PositiveIntegerField(_("income tax"), default=0, db_default=0)
    local_tax = models.PositiveIntegerField(_("local income tax"), default=0, db_default=0)
    business_number = models.CharField(_("business number"), max_length=10, blank=True, default="", db_default="")
    vat = models.PositiveIntegerField(_("VAT in it"), default=0, db_default=0)
    currency = models.CharField(_("currency"), max_length=3)
    batch = models.ForeignKey(
        PayoutBatch,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payouts",
        verbose_name=_("payout batch"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFTED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)  # why the bank sent it back
    due_at = models.DateTimeField(null=True, blank=True)  # empty on the bank rail: people send it
    destination = models.CharField(_("account at Stripe"), max_length=255, blank=True, default="")
    reference = models.CharField(_("transfer"), max_length=255, null=True, blank=True, unique=True)
    key_number = models.PositiveIntegerField(default=0, editable=False)  # a new key after a certain no
    created_at = models.DateTimeField(_("made on"), auto_now_add=True)
    paid_at = models.DateTimeField(_("paid on"), null=True, blank=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="payout_positive")]
        indexes = [due_index("payout_due")]

    def __str__(self) -> str:
        return f"{self.payee_id} {self.amount} {self.state}"

    @property
    def withheld(self) -> int:
        """The taxes withheld, in minor units."""
        return self.income_tax + self.local_tax

    @property
    def gross(self) -> int:
        """What it took from the balance."""
        return self.amount + self.withheld

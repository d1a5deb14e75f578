"""Cash receipts (현금영수증): what Korea gives for money that came without a card; issued by hand at Hometax."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CashReceipt(models.Model):
    """A buyer's wish for one. The number it goes to is kept sealed, and never without a day it is erased."""

    class Purpose(models.TextChoices):
        PERSON = "person", _("for my income tax (소득공제)")
        BUSINESS = "business", _("for a business’s expenses (지출증빙)")

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        ISSUED = "issued", _("issued")
        CANCELLED = "cancelled", _("cancelled at Hometax")

    MOVES = {"asked": {"issued"}, "issued": {"cancelled"}, "cancelled": {"asked"}}

    payment = models.OneToOneField(
        "payments.Payment", on_delete=models.PROTECT, related_name="cash_receipt", verbose_name=_("payment")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    number_sealed = models.TextField(blank=True)
    number_last = models.CharField(_("number ends in"), max_length=4, blank=True)
    number_until = models.DateTimeField(_("number is erased on"), null=True, blank=True)
    amount = models.PositiveIntegerField(_("issued for"), null=True, blank=True)  # won
    approval = models.CharField(_("approval number"), max_length=20, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked on"), auto_now_add=True)

    class Meta:
        verbose_name = _("cash receipt")
        verbose_name_plural = _("cash receipts")
        constraints = [
            models.CheckConstraint(
                condition=Q(number_sealed="") | Q(number_until__isnull=False), name="cash_receipt_number_ends"
            ),
            models.CheckConstraint(
                condition=~Q(state="issued")
                | (~Q(approval="") & Q(issued_on__isnull=False) & Q(amount__isnull=False) & Q(amount__gt=0)),
                name="cash_receipt_issued_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["number_until"], condition=~Q(number_sealed=""), name="cash_receipt_number_due")
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.purpose} {self.state}"

"""What moved in our balance at Stripe, as Stripe says it: copied each night, never changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StripeMovement(models.Model):
    """One balance transaction. Compared with what the ledger says of the account `stripe`."""

    reference = models.CharField(_("number at Stripe"), max_length=255, unique=True)
    kind = models.CharField(_("kind"), max_length=60)  # Stripe's word
    at = models.DateTimeField(_("happened"))
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()  # minor units, signed: negative when money leaves
    fee = models.BigIntegerField()
    source = models.CharField(_("came from"), max_length=255, blank=True, db_index=True)  # charge, refund, transfer ...
    intent = models.CharField(_("payment at Stripe"), max_length=255, blank=True, db_index=True)
    ours = models.CharField(_("our number"), max_length=255, blank=True)  # our payment, refund or payout

    class Meta:
        verbose_name = _("movement at Stripe")
        verbose_name_plural = _("movements at Stripe")
        indexes = [models.Index(fields=["at", "id"], name="stripe_movement_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def net(self) -> int:
        """What reached the balance, in minor units."""
        return self.amount - self.fee

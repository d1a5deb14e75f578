"""Payees: hosts and partners who are paid, and where to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Payee(models.Model):
    """A person's way to be paid. The account number is kept sealed (payments/sealed.py)."""

    class Rail(models.TextChoices):
        BANK_FILE = "bank_file", _("bank transfer")
        STRIPE = "stripe", "Stripe"

    class Standing(models.TextChoices):
        """How far Stripe is with a payee; empty on the bank rail."""

        NONE = "", "-"
        UNFINISHED = "unfinished", _("not finished")
        RESTRICTED = "restricted", _("more is asked")
        REFUSED = "refused", _("refused by Stripe")
        ASKED = "asked", _("can be paid, more is asked soon")
        ENABLED = "enabled", _("can be paid")

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payee")
    country = models.CharField(max_length=2, default="KR")
    currency = models.CharField(max_length=3, default="KRW")
    rail = models.CharField(max_length=10, choices=Rail.choices, default=Rail.BANK_FILE)
    bank = models.CharField(max_length=40, blank=True)
    holder = models.CharField(max_length=60, blank=True)
    account_sealed = models.TextField(blank=True)
    account_ending = models.CharField(max_length=4, blank=True)
    stripe_account = models.CharField(_("account at Stripe"), max_length=255, null=True, blank=True, unique=True)
    standing = models.CharField(
        _("standing at Stripe"), max_length=10, choices=Standing.choices, blank=True, default=""
    )
    enabled = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")

    def __str__(self) -> str:
        return str(self.person)

"""Differences: where what Stripe or the bank says and what we say are not the same."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Difference(models.Model):
    """One difference, one row, however often it is seen. Its kind says why it is there and what cures it safely."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("difference", "open")
        CURED = "cured", _("cured")
        EXPLAINED = "explained", _("explained")

    MOVES = {
        "open": {"cured", "explained"},
        "cured": {"open"},  # seen again
        "explained": {"open"},  # it is another one now
    }

    cause = models.CharField(max_length=300, unique=True)  # kind and what it is about
    kind = models.CharField(max_length=30)  # see payments/kinds.py
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    ours = models.BigIntegerField(null=True, blank=True)  # minor units, or a count; empty: we say nothing
    theirs = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)  # empty: a count
    at = models.DateTimeField(_("happened"))  # when the older side happened
    movement = models.ForeignKey(
        "payments.StripeMovement", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    line = models.ForeignKey(
        "payments.BankMovement", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    booked = models.ForeignKey(
        "payments.LedgerTransaction", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    about = models.CharField(max_length=60, blank=True)  # the table of the row it is about
    about_id = models.CharField(max_length=40, blank=True)
    first_seen = models.DateTimeField(_("first seen"), default=timezone.now)
    last_seen = models.DateTimeField(_("last seen"), default=timezone.now)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        permissions = [("handle_differences", "Can cure and explain differences")]
        indexes = [models.Index(fields=["first_seen"], condition=models.Q(state="open"), name="difference_open")]

    def __str__(self) -> str:
        return self.cause

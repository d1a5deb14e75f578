"""How payees in Korea are taxed: as a person, from whom 3.3 % is withheld, or as a business, by tax invoice."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Taxpayer(models.Model):
    """What taxes need to know of a payee. A resident number is kept sealed, and never without a day it is erased."""

    class Kind(models.TextChoices):
        PERSON = "person", _("as a person")
        BUSINESS = "business", _("as a business")

    payee = models.OneToOneField(
        "payments.Payee", on_delete=models.PROTECT, related_name="taxpayer", verbose_name=_("payee")
    )
    kind = models.CharField(_("taxed"), max_length=10, choices=Kind.choices, default=Kind.PERSON)
    business_number = models.CharField(_("business number"), max_length=10, blank=True)
    business_name = models.CharField(_("name of the business"), max_length=60, blank=True)
    pays_vat = models.BooleanField(_("VAT is in what they earn"), default=True)
    resident_sealed = models.TextField(blank=True)
    resident_last = models.CharField(max_length=1, blank=True)
    resident_until = models.DateTimeField(_("number is erased on"), null=True, blank=True)

    class Meta:
        verbose_name = _("taxpayer")
        verbose_name_plural = _("taxpayers")
        permissions = [("see_tax_files", "Can fetch the files for the tax office, with resident numbers")]
        constraints = [
            models.CheckConstraint(
                condition=Q(resident_sealed="") | Q(resident_until__isnull=False), name="resident_number_ends"
            ),
            models.CheckConstraint(condition=~Q(kind="business") | ~Q(business_number=""), name="business_has_number"),
        ]
        indexes = [
            models.Index(fields=["resident_until"], condition=~Q(resident_sealed=""), name="resident_number_due")
        ]

    def __str__(self) -> str:
        return str(self.payee)

    @property
    def masked(self) -> str:
        """The resident number as it is ever shown again: its last digit."""
        return f"••••••-••••••{self.resident_last}" if self.resident_last else ""

    @property
    def business_shown(self) -> str:
        """The business number as Koreans write it: 123-45-67890."""
        return f"{self.business_number[:3]}-{self.business_number[3:5]}-{self.business_number[5:]}"

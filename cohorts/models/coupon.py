"""Coupons: a code that makes a seat cheaper, so many times."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(r"^[0-9A-Z가-힣-]{3,20}$", _("Three to twenty letters, digits or dashes."))


class Coupon(models.Model):
    """So many per cent off, or so much in a currency; for one cohort of a study, or for all of them.

    `used` counts seats held or sold with it; one that nobody paid for gives its use back.
    """

    study = models.ForeignKey("cohorts.Study", on_delete=models.PROTECT, related_name="coupons")
    cohort = models.ForeignKey(
        "cohorts.Cohort", null=True, blank=True, on_delete=models.PROTECT, related_name="coupons"
    )
    code = models.CharField(max_length=20, unique=True, validators=[CODE])  # in capitals
    percent = models.PositiveIntegerField(null=True, blank=True)
    amount = models.PositiveIntegerField(null=True, blank=True)  # minor units of `currency`
    currency = models.CharField(max_length=3, blank=True)
    limit = models.PositiveIntegerField()  # uses in all
    per_person = models.PositiveIntegerField(default=1)
    used = models.PositiveIntegerField(default=0, editable=False)
    ends_at = models.DateTimeField(null=True, blank=True)
    off_at = models.DateTimeField(null=True, blank=True, editable=False)  # the host has switched it off
    carried_by = models.CharField(max_length=60, blank=True)  # who passes it on, in the host's words
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=models.F("limit")), name="coupon_never_overused"),
            models.CheckConstraint(
                condition=Q(percent__isnull=False, percent__range=(1, 100), amount=None)
                | Q(percent=None, amount__isnull=False, amount__gt=0, currency__gt=""),
                name="coupon_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.code

"""Credit: what a host promises a member to take off their next seat. No money: nothing is booked until it is used."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Credit(models.Model):
    """So much off for one person in one study, in minor units; it may be used in parts.

    `spent` is counted by PostgreSQL from the uses, and by nobody else; `withdrawn` is what the host took back. What is
    left at `ends_at` expires; it is written to `expired` once the time is made longer.
    """

    class Whom(models.TextChoices):
        """Which members of a cohort are thanked at once."""

        PRESENTED = "presented", _("Everybody who presented")
        ALL = "all", _("Every member")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credits")
    study = models.ForeignKey("cohorts.Study", on_delete=models.PROTECT, related_name="credits")
    amount = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    spent = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    withdrawn = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    expired = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    words = models.CharField(max_length=300)  # of the host, for the member
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=20, editable=False)  # one intent of a host gives once to each person
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("member credit")
        verbose_name_plural = _("member credit")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_positive"),
            models.CheckConstraint(
                condition=Q(spent__lte=F("amount") - F("withdrawn") - F("expired")), name="credit_never_used_twice"
            ),
            models.UniqueConstraint(fields=["study", "person", "key"], name="credit_given_once"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def left(self) -> int:
        """What was neither used nor taken back, in minor units; once it is over nobody can use it."""
        return self.amount - self.spent - self.withdrawn - self.expired

    @property
    def is_over(self) -> bool:
        """Whether its time has run out."""
        return bool(self.ends_at and self.ends_at <= timezone.now())


class CreditUse(models.Model):
    """What of a credit was taken off one seat, and what of it came back as credit."""

    credit = models.ForeignKey(Credit, on_delete=models.PROTECT, related_name="uses")
    enrollment = models.ForeignKey("cohorts.Enrollment", on_delete=models.PROTECT, related_name="credit_uses")
    amount = models.PositiveIntegerField()
    returned = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_use_positive"),
            models.CheckConstraint(condition=Q(returned__lte=F("amount")), name="credit_use_returned_within"),
        ]

    def __str__(self) -> str:
        return f"{self.amount - self.returned} of {self.credit_id}"

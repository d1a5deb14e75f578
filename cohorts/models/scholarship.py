"""Scholarships: some places of a cohort at a lower price, for who asks; each answered by the host."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.ids import short_id


class Scholarship(models.Model):
    """So many places of a cohort. `used` counts those somebody said yes to, until their price runs out unused."""

    cohort = models.OneToOneField(
        "cohorts.Cohort", on_delete=models.PROTECT, related_name="scholarship", primary_key=True
    )
    places = models.PositiveIntegerField()
    percent = models.PositiveIntegerField()  # off the standard price, unless a yes says otherwise
    for_whom = models.CharField(max_length=300, blank=True)
    used = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=F("places")), name="scholarship_never_overgiven"),
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="scholarship_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.used}/{self.places}"

    @property
    def left(self) -> int:
        """How many places can still be given."""
        return self.places - self.used


class ScholarshipApplication(models.Model):
    """One person's question. A yes holds a price for them, not a seat, until `until`; words are erased by rule."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        GRANTED = "granted", _("place given")
        DECLINED = "declined", _("not this time")
        LAPSED = "lapsed", _("not used in time")
        WITHDRAWN = "withdrawn", _("taken back")

    MOVES: Any = {
        "asked": {"granted", "declined", "withdrawn"},
        "granted": {"lapsed", "withdrawn"},
        "lapsed": {"granted"},  # money that came late keeps the price it was promised
    }
    LIVE = ("asked", "granted")

    public_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    scholarship = models.ForeignKey(Scholarship, on_delete=models.PROTECT, related_name="applications")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scholarships")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    words = models.TextField(max_length=1000, blank=True)  # for the hosts alone
    answer = models.TextField(max_length=600, blank=True)  # the host's, to them
    price = models.PositiveIntegerField(null=True, blank=True)  # minor units of the cohort's currency
    until = models.DateTimeField(null=True, blank=True)
    words_until = models.DateTimeField(null=True, blank=True)  # then both words are erased
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scholarship", "person"],
                condition=Q(state__in=["asked", "granted"]),
                name="scholarship_asked_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(price__isnull=False, until__isnull=False),
                name="scholarship_yes_has_price",
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(state="granted"), name="scholarship_lapses"),
            models.Index(fields=["words_until"], condition=Q(words_until__isnull=False), name="scholarship_words"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} asks in {self.scholarship_id}: {self.state}"

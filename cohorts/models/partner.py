"""Partners and which subgroups they lead, when."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Partner(models.Model):
    """A person who may lead subgroups."""

    class State(models.TextChoices):
        APPLIED = "applied", _("applied")
        APPROVED = "approved", _("approved")
        PAUSED = "paused", _("paused")
        ENDED = "ended", _("ended")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    MOVES = {
        "applied": {"approved", "declined", "withdrawn"},
        "approved": {"paused", "ended"},
        "paused": {"approved", "ended"},
        "declined": {"applied"},
        "withdrawn": {"applied"},
    }

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="partner")
    state = models.CharField(max_length=12, choices=State.choices, default=State.APPLIED)
    notes = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.person)


class Leadership(models.Model):
    """A partner's time with a subgroup; two leads never overlap."""

    class Kind(models.TextChoices):
        LEAD = "lead", _("leads")
        STAND_IN = "stand-in", _("stands in")

    subgroup = models.ForeignKey("cohorts.Subgroup", on_delete=models.PROTECT, related_name="leaderships")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="leaderships")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.LEAD)
    period = DateTimeRangeField()  # upper end open while it lasts

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="leadership_one_lead",
                expressions=[("subgroup", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(kind="lead"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.kind} {self.subgroup_id}"

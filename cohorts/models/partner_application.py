"""Applications: what somebody wrote when they asked to lead subgroups."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cohorts.models.subgroup import WEEKDAYS
from studyplatform.kit.fields import FIELDS

PARTS = (("morning", _("morning")), ("day", _("daytime")), ("evening", _("evening")))
SLOTS = [f"{day}-{part}" for day, _name in WEEKDAYS for part, _words in PARTS]


class PartnerApplication(models.Model):
    """One time of asking. Asking again is a new row, so that what was answered before stays."""

    partner = models.ForeignKey("cohorts.Partner", on_delete=models.PROTECT, related_name="applications")
    subject = models.CharField(_("what they would lead"), max_length=80)
    field = models.CharField(_("field of work"), max_length=20, choices=FIELDS)
    slots = ArrayField(models.CharField(max_length=12), verbose_name=_("when they have time"))
    sample = models.URLField(_("a post of theirs"), blank=True)
    words = models.TextField(_("in their own words"), max_length=1500)
    at = models.DateTimeField(_("asked on"), auto_now_add=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes = [models.Index(fields=["partner", "-at"], name="application_latest")]

    def __str__(self) -> str:
        return self.subject

    @property
    def week(self) -> list[tuple[str, list[str]]]:
        """When they have time, by weekday: ("Thursday", ["evening"])."""
        parts = [
            (str(name), [str(words) for part, words in PARTS if f"{day}-{part}" in self.slots])
            for day, name in WEEKDAYS
        ]
        return [(name, found) for name, found in parts if found]

"""Reconciliations: one row per night, which says how far the comparing has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.models import Queued, due_index


class Reconciliation(Queued):
    """What Stripe moved from `since` up to before `until`, compared with our books, step by step.

    `step` and `cursor` say what comes next, so that a killed one goes on where it was.
    """

    night = models.DateField(_("night"), unique=True)
    since = models.DateTimeField(_("from"), null=True, blank=True)  # empty: from the beginning
    until = models.DateTimeField(_("until"))
    step = models.CharField(_("comes next"), max_length=20, default="fetch")
    cursor = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField(_("begun"), auto_now_add=True)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        indexes = [due_index("reconciliation_due")]

    def __str__(self) -> str:
        return f"{self.night} {self.step}"

"""Thanks: what somebody who listened says to who presented, in their own sentence."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Thanks(models.Model):
    """One person's thanks for one turn. Taken back, the row stays and counts for nobody."""

    SHORTEST, LONGEST = 10, 300  # letters

    presentation = models.ForeignKey("cohorts.Presentation", on_delete=models.PROTECT, related_name="thanks")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="thanks_given")
    words = models.CharField(max_length=LONGEST)
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("thanks")
        verbose_name_plural = _("thanks")
        constraints = [
            models.UniqueConstraint(
                fields=["presentation", "giver"], condition=Q(taken_back_at=None), name="thanks_once_a_turn"
            )
        ]
        indexes = [models.Index(fields=["presentation", "-at"], condition=Q(taken_back_at=None), name="thanks_of_turn")]

    def __str__(self) -> str:
        return self.words

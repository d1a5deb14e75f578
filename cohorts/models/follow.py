"""A follow: somebody asked to be told when a study opens a cohort."""

from django.conf import settings
from django.db import models


class StudyFollow(models.Model):
    """One person, one study; gone once they do not want to be told any more."""

    study = models.ForeignKey("cohorts.Study", on_delete=models.PROTECT, related_name="follows")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="study_follows")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "person"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.study_id}"

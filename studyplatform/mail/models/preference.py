"""Kinds of letters a person has stopped."""

from django.conf import settings
from django.db import models


class Preference(models.Model):
    """A person's word on one kind of letter."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=40)
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}: {self.wanted}"

"""Handles people had before, so that links to them still lead somewhere."""

from django.conf import settings
from django.db import models


class PastHandle(models.Model):
    """A handle somebody gave up; nobody else may take it."""

    handle = models.CharField(max_length=30, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="past_handles")
    given_up_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.handle

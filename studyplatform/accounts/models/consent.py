"""What a person agreed to, in which words, when."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Consent(models.Model):
    """One agreement; withdrawing keeps the row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=30)  # terms, privacy, recording, marketing
    version = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "version"],
                condition=models.Q(withdrawn_at=None),
                name="consent_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.version}"

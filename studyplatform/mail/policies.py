"""Who sees which letters in the product."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from studyplatform.mail.models import Letter


def letters_seen_by(person: Any) -> QuerySet[Letter]:
    """Return what a person was told, newest first: nothing that opens an account, still waits or was taken back."""
    told = Letter.objects.filter(recipient=person, withdrawn_at=None).exclude(key__startswith=Letter.OPENS)
    told = told.exclude(error__startswith=Letter.KEPT_BACK).exclude(attempts=0, due_at__gt=timezone.now())
    return told.order_by("-created_at", "-pk")

"""The bell: what was written to a person and not seen yet. One time stands for all of it."""

import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from studyplatform.mail.policies import letters_seen_by


def unread(person: Any) -> int:
    """Return how many letters came after what the person has seen."""
    return letters_seen_by(person).filter(created_at__gt=person.letters_seen_at).count()


@transaction.atomic
def mark_seen(person: Any, until: datetime.datetime) -> None:
    """Count everything up to a moment as seen; an older page sent later unsees nothing."""
    seen = min(until, timezone.now())
    people = get_user_model()._default_manager.filter(pk=person.pk, letters_seen_at__lt=seen)
    people.update(letters_seen_at=seen)

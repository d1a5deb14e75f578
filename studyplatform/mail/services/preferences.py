"""What kinds of letters a person wants; all of them until they say otherwise."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from studyplatform.mail.kinds import NAMES
from studyplatform.mail.models import Preference


def opened_by(token: str) -> QuerySet[Any]:
    """Return whose letters carry this token: the address is the key."""
    return get_user_model()._default_manager.filter(mail_token=token, is_active=True)


def stopped(person: Any, kind: str) -> bool:
    """Tell whether a person stopped this kind; the empty kind cannot be stopped."""
    return bool(kind) and Preference.objects.filter(person=person, kind=kind, wanted=False).exists()


def stop_url(person: Any, kind: str) -> str:
    """Return the address where a person stops a kind without signing in; "" when it cannot be stopped."""
    return f"{settings.SITE_URL}{reverse('stop_letters', args=[person.mail_token, kind])}" if kind else ""


@transaction.atomic
def choose(person: Any, kind: str, wanted: bool) -> Preference:
    """Keep a person's word on a kind; the last word holds."""
    preference, _ = Preference.objects.update_or_create(person=person, kind=kind, defaults={"wanted": wanted})
    return preference


def unwanted(person: Any) -> set[str]:
    """Return the kinds a person stopped."""
    return set(Preference.objects.filter(person=person, wanted=False).values_list("kind", flat=True))


@transaction.atomic
def choose_all(person: Any, wanted: set[str]) -> None:
    """Keep a person's word on every kind: those in `wanted` arrive, the others stop."""
    for kind in NAMES:
        choose(person, kind, kind in wanted)

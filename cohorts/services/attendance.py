"""Who was at a session: whoever belongs and went in by our door while it was open. A company sees who said yes."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import Enrollment, SeatGroup, Session
from cohorts.policies import enrollment_of
from cohorts.services import contributions
from studyplatform.accounts.models import Consent, User

ATTENDANCE = "attendance"
VERSION = "2026-11"  # of the words beside the box
INSIDE = ("soon", "live")  # of a session's stages: its room is open


def note(person: User, session: Session) -> None:
    """Note that a member came to a session; again, or who only runs it, changes nothing."""
    place = enrollment_of(person, session.cohort)
    if place and session.stage in INSIDE:
        contributions.add(place, ATTENDANCE, f"session:{session.public_id}")


def _kind(group: SeatGroup) -> str:
    return f"{ATTENDANCE}:{group.public_id}"


@transaction.atomic
def show(place: Enrollment, yes: bool) -> None:
    """Let the company somebody has their seat from see which sessions they were at, or not any more. The rows stay."""
    if not place.group:
        return
    about: dict[str, Any] = {"person": place.person, "kind": _kind(place.group), "withdrawn_at": None}
    if yes:
        Consent.objects.get_or_create(**about, version=VERSION)
    else:
        Consent.objects.filter(**about).update(withdrawn_at=timezone.now())


def is_shown(place: Enrollment | None) -> bool:
    """Whether somebody lets their company see which sessions they were at."""
    return bool(place and place.group and place.person_id in who_shows(place.group))


def who_shows(group: SeatGroup) -> set[int]:
    """Return who lets a company see their attendance now, by person id."""
    said = Consent.objects.filter(kind=_kind(group), withdrawn_at=None)
    return set(said.values_list("person", flat=True))

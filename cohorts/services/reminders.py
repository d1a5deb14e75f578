"""Reminders of sessions, 24 hours and 1 hour before: written as rows when their window opens, told once.

A row becomes a letter only after a second look: does the person still belong, does the session still stand where
it stood? Rows carry the session's sequence, so a moved session reminds anew and its old rows come to nothing.
"""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cohorts import letters
from cohorts.models import Enrollment, Presentation, Reminder, Session
from cohorts.policies import enrollments_in

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(hours=24)
# A kind's window: who is first seen inside the hour gets the hour's reminder only, never both at once.
WINDOWS = {"day": (HOUR, DAY), "hour": (datetime.timedelta(0), HOUR)}


def write_due() -> int:
    """Write the missing reminder rows of every session whose window is open; return how many were tried."""
    rows = [row for kind in WINDOWS for session in _opened(kind) for row in _missing(session, kind)]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def _opened(kind: str) -> QuerySet[Session]:
    now, (after, until) = timezone.now(), WINDOWS[kind]
    return Session.objects.filter(
        state=Session.State.PLANNED, starts_at__gt=now + after, starts_at__lte=now + until
    ).select_related("cohort")


def _missing(session: Session, kind: str) -> Iterator[Reminder]:
    written = Reminder.objects.filter(session=session, enrollment=OuterRef("pk"), kind=kind, sequence=session.sequence)
    for key in coming_to(session).exclude(Exists(written)).values_list("pk", flat=True):
        yield Reminder(session=session, enrollment_id=key, kind=kind, sequence=session.sequence)


def coming_to(session: Session) -> QuerySet[Enrollment]:
    """Return who belongs to a session now: the cohort's members, or the subgroup's."""
    people = enrollments_in(session.cohort).filter(person__is_active=True, person__erased_at=None)
    if session.subgroup_id is None:
        return people
    return people.filter(memberships__subgroup=session.subgroup_id, memberships__until=None)


def due() -> QuerySet[Reminder]:
    """Return reminders to be told, oldest first."""
    found: QuerySet[Reminder] = Reminder.queue.due()
    return found


@transaction.atomic
def tell(reminder: Reminder) -> bool:
    """End one reminder: by a letter if it still makes sense, by nothing if not. True when a letter was written."""
    row = Reminder.queue.due().select_for_update(skip_locked=True).filter(pk=reminder.pk).first()
    if row is None:
        return False
    Enrollment.objects.select_for_update().get(pk=row.enrollment_id)  # nobody leaves between the look and the letter
    session = (
        Session.objects.select_for_update(of=("self",))
        .select_related("cohort__study", "subgroup")
        .get(pk=row.session_id)
    )
    if _too_early(row, session):
        return False
    row.done_at = timezone.now()
    row.save(update_fields=["done_at"])
    place = coming_to(session).filter(pk=row.enrollment_id).first() if _still_stands(row, session) else None
    if place:
        turn = place.presentations.filter(session=session).exclude(state=Presentation.State.PASSED).first()
        letters.session_reminder(row, session, place, turn)
    return place is not None


def _too_early(reminder: Reminder, session: Session) -> bool:
    """Put a reminder off whose row was written by a clock that ran ahead."""
    opens = session.starts_at - WINDOWS[reminder.kind][1]
    if session.sequence != reminder.sequence or opens <= timezone.now():
        return False
    reminder.due_at = opens
    reminder.save(update_fields=["due_at"])
    return True


def _still_stands(reminder: Reminder, session: Session) -> bool:
    left = session.starts_at - timezone.now()
    unmoved = session.state == Session.State.PLANNED and session.sequence == reminder.sequence
    return unmoved and left > WINDOWS[reminder.kind][0]

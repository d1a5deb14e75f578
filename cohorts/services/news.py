"""News for many people: a verb leaves it on its row, and people are told in the order of their numbers.

So nothing in a request grows with how many they are. Each transaction tells some and notes how far it came: killed in
the middle it goes on there, and what changed meanwhile begins anew.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cohorts import letters
from cohorts.models import Announcement, Cohort, Session
from studyplatform.accounts.models import User
from studyplatform.kit import queue

SESSIONS, COHORTS = "cohorts.drain_session_news", "cohorts.drain_cohort_news"
SOME = 25  # in one transaction, which whoever changes the row has to wait for
LONGEST = 20  # seconds; the rest is told by the next run

Told = Session | Cohort | Announcement


def fresh() -> dict[str, Any]:
    """Return the columns of a row whose people are all to be told from now on."""
    return {"news_at": timezone.now(), "told_to": 0}


def tell_session(session: Session) -> None:
    """Tell everybody who comes to a session where it stands now: moved or cancelled."""
    in_turn(lambda: _some_of_session(session), SESSIONS)


def tell_cohort(cohort: Cohort) -> None:
    """Tell everybody in a cohort that it was called off; then their money can go back."""
    in_turn(lambda: _some_of_cohort(cohort), COHORTS)
    queue.wake("payments.drain_called_off")


def in_turn(some: Callable[[], bool], name: str) -> None:
    """Go on with `some` while there is more, for as long as a run may take; the queue `name` does the rest."""
    began = time.monotonic()
    while some():
        if time.monotonic() - began > LONGEST:
            queue.wake(name)
            return


@transaction.atomic
def _some_of_session(session: Session) -> bool:
    rows = Session.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("cohort__study", "subgroup").get(pk=session.pk)
    off = row.state == Session.State.CANCELLED
    letter = letters.session_cancelled if off else letters.session_moved
    return tell_some(row, letters.people_of(row), lambda people: letter(row, people))


@transaction.atomic
def _some_of_cohort(cohort: Cohort) -> bool:
    row = Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("study").get(pk=cohort.pk)
    return tell_some(row, letters.people_in(row), lambda people: letters.called_off(row, people))


def tell_some(row: Told, people: QuerySet[User], letter: Callable[[Iterable[User]], None]) -> bool:
    """Write to the next people of a locked row; False when everybody was told."""
    if row.news_at is None:
        return False
    some = list(people.filter(pk__gt=row.told_to or 0)[:SOME])
    letter(some)
    row.told_to = some[-1].pk if some else row.told_to
    row.news_at = row.news_at if len(some) == SOME else None
    row.save(update_fields=["news_at", "told_to"])
    return row.news_at is not None

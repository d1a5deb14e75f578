"""What tests about meeting do: put sessions near, give subgroups sessions, seat people, read pages."""

import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohorts.models import Cohort, Session, Subgroup
from cohorts.services import presentations
from studyplatform.accounts.models import User
from tests.people import enroll, make_person

LINK = "meet.example.com"
CHAT = "chat.example.com"


def at(session: Session, minutes: int) -> Session:
    """Let a session begin so many minutes from now (before now when negative)."""
    session.starts_at = timezone.now() + datetime.timedelta(minutes=minutes)
    session.save()
    return session


def first(cohort: Cohort) -> Session:
    return cohort.sessions.filter(subgroup=None).order_by("starts_at").first()


def group_session(cohort: Cohort, subgroup: Subgroup, **fields: Any) -> Session:
    """Give a subgroup its first session, a day after the cohort's."""
    start = first(cohort).starts_at + datetime.timedelta(days=1)
    values = {"number": 1, "starts_at": start, "minutes": 60, "turns": 3, "title": f"{subgroup.topic}의 모임", **fields}
    return Session.objects.create(cohort=cohort, subgroup=subgroup, **values)


def seat(count: int, cohort: Cohort, subgroup: Subgroup | None = None, *, turn_in: Session | None = None) -> list[User]:
    """Seat so many new people; each takes a turn where asked."""
    cohort.seats.capacity += count
    cohort.seats.save()
    Subgroup.objects.filter(cohort=cohort).update(capacity=500)
    known = User.objects.count()
    people = [make_person(f"seat-{known + n}", f"이웃 {n}") for n in range(count)]
    for person in people:
        enroll(person, cohort, subgroup)
        if turn_in:
            Session.objects.filter(pk=turn_in.pk).update(turns=turn_in.turns + count)
            presentations.claim(person, turn_in)
    return people


def page(browser: Client, address: str, status: int = 200) -> str:
    """Return a page as text."""
    response = browser.get(address)
    assert response.status_code == status, f"{address}: {response.status_code}"
    return response.content.decode()


def queries(browser: Client, address: str) -> int:
    """Return how many queries a page takes."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page(browser, address)
    return len(caught)

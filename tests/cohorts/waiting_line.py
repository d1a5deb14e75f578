"""People who stand in line for a cohort that is full."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Seats
from cohorts.services import seats
from studyplatform.accounts.models import Profile, User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.payments.buying import assert_seats_match
from tests.people import enroll, make_cohort, make_person, sign_in


def full(study: Any, places: int = 1, **fields: Any) -> Cohort:
    """Make a cohort whose every seat is taken."""
    cohort = make_cohort(study, **{"capacity": places, "subgroups": 0, **fields})
    for n in range(places):
        enroll(make_person(f"seated-{cohort.pk}-{n}", f"앉은이 {n}"), cohort)
    cohort.seats.refresh_from_db()
    return cohort


def people(count: int) -> list[User]:
    """Make many people at once, who read English."""
    made = User.objects.bulk_create(
        User(email=f"waits-{n}@example.com", handle=f"waits_{n}", language="en") for n in range(count)
    )
    Profile.objects.bulk_create(Profile(person=person, pen_name=f"Waiter {person.pk}") for person in made)
    return made


def waiting_url(cohort: Cohort) -> str:
    return reverse("waiting", args=[cohort.study.slug, cohort.number])


def leave_url(cohort: Cohort) -> str:
    return reverse("waiting_leave", args=[cohort.study.slug, cohort.number])


def wait(person: User, cohort: Cohort, **data: Any) -> HttpResponse:
    """Press "Wait for a seat"."""
    return sign_in(person).post(waiting_url(cohort), data)


def line_up(cohort: Cohort, count: int) -> list[User]:
    """Have so many people press "Wait for a seat", one after the other."""
    line = people(count)
    for person in line:
        assert wait(person, cohort).url == waiting_url(cohort)
    return line


def free(cohort: Cohort, count: int = 1) -> None:
    """Have so many members leave."""
    for place in cohort.enrollments.filter(state="active").order_by("pk")[:count]:
        assert seats.release(place, Enrollment.State.CANCELLED)


def offer() -> None:
    """What the clock does every minute."""
    for name in ("drain_holds", "drain_offers", "drain_lines"):
        queue.drain(f"cohorts.{name}")


def state(person: User, cohort: Cohort) -> str:
    """Return how a person stands in a cohort now, once seats and line were counted."""
    assert_seats_match(cohort)
    return cohort.enrollments.filter(person=person).latest("pk").state


def in_state(cohort: Cohort, name: str) -> list[int]:
    """Return the people of a cohort in a state, the first in front."""
    return list(cohort.enrollments.filter(state=name).order_by("pk").values_list("person", flat=True))


def counted(cohort: Cohort) -> tuple[int, int]:
    """Return seats taken and people waiting."""
    row = Seats.objects.get(cohort=cohort)
    return row.taken, row.waiting


def letters(person: User) -> list[str]:
    """Return what a person was written and may still get, by the letters' kinds, oldest first."""
    rows = Letter.objects.filter(recipient=person, withdrawn_at=None).order_by("created_at")
    return [key.partition(":")[0] for key in rows.values_list("key", flat=True)]

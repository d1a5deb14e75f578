"""After a session its turns are closed; after a cohort, who wrote enough has completed it."""

import datetime

import pytest
from django.utils import timezone

from cohorts.models import Contribution, Enrollment, Presentation
from cohorts.services import cohorts, contributions, presentations
from studyplatform.kit import queue
from tests.people import enroll, make_person, sign_in
from tests.showcase.make import place, post

QUEUE = "cohorts.drain_turns"


@pytest.fixture
def met(member, cohort, stranger):
    """The first session, with a ready turn of the member and an unwritten one of somebody else; it ends now."""
    enroll(stranger, cohort)
    session = cohort.sessions.filter(subgroup=None).order_by("number")[0]
    ready = presentations.claim(member, session)
    presentations.claim(stranger, session)
    post(member, enrollment_id=place(member, cohort).pk, presentation_id=ready.pk)
    over_for(session, hours=0)
    return session


def over_for(session, hours):
    session.starts_at = timezone.now() - datetime.timedelta(hours=hours, minutes=session.minutes)
    session.save(update_fields=["starts_at"])


def states(session):
    return list(session.presentations.order_by("position").values_list("state", flat=True))


def test_turns_close_a_day_after_and_once(met):
    queue.drain(QUEUE)
    assert states(met) == ["ready", "claimed"]
    over_for(met, hours=25)
    queue.drain(QUEUE)
    queue.drain(QUEUE)
    assert states(met) == ["done", "missed"]
    assert Contribution.objects.filter(kind="turn", voided_at=None).count() == 1


def test_a_cancelled_session_closes_nothing(met):
    met.state = "cancelled"
    met.save(update_fields=["state"])
    over_for(met, hours=48)
    queue.drain(QUEUE)
    assert states(met) == ["ready", "claimed"]


def test_nobody_but_partner_and_host_is_told_of_a_missed_turn(met, member, stranger):
    over_for(met, hours=25)
    queue.drain(QUEUE)
    assert stranger.name not in sign_in(member).get(met.get_absolute_url()).content.decode()
    assert sign_in(stranger).get(met.get_absolute_url()).status_code == 200
    assert Presentation.objects.filter(state="missed").count() == 1


def test_who_wrote_enough_completes_the_cohort_and_who_writes_later_too(member, cohort, partner):
    slow = make_person("slow", "천천히")
    enroll(slow, cohort)
    for key in ("post:a", "post:b"):
        contributions.add(place(member, cohort), "post", key)
    contributions.add(place(slow, cohort), "post", "post:c")
    cohort.sessions.update(starts_at=timezone.now() - datetime.timedelta(days=2))
    cohorts.finish(cohort)
    assert state(member, cohort) == "completed"
    assert state(slow, cohort) == "active"
    contributions.add(place(slow, cohort), "turn", "turn:1")
    assert state(slow, cohort) == "active"
    contributions.add(place(slow, cohort), "post", "post:d")
    assert state(slow, cohort) == "completed"


def state(person, cohort):
    return Enrollment.objects.get(person=person, cohort=cohort).state

"""Reminders: once each, only to who still belongs to a session that still stands (I-28)."""

import datetime

import icalendar
import pytest
import time_machine

from cohorts.models import Reminder, Session
from cohorts.services import presentations, reminders, seats
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.people import enroll, make_person

DRAIN = "cohorts.drain_reminders"


@pytest.fixture
def session(cohort) -> Session:
    return cohort.sessions.order_by("starts_at").first()


def at(session: Session, **before: float):
    """The clock that long before the session starts."""
    return time_machine.travel(session.starts_at - datetime.timedelta(**before), tick=False)


def letters(person=None):
    found = Letter.objects.filter(kind="session_reminder").order_by("created_at")
    return found.filter(recipient=person) if person else found


def test_a_day_and_an_hour_before_each_told_once(member, session):
    for before, told in ((25, 0), (24, 1), (23, 1), (2, 1), (1, 2), (0.5, 2)):
        with at(session, hours=before):
            queue.drain(DRAIN)
            queue.drain(DRAIN)
        assert letters(member).count() == told, before
    assert not Reminder.objects.filter(done_at=None).exists()


def test_none_after_the_start_even_when_the_worker_slept(member, session):
    with at(session, hours=0.9):
        reminders.write_due()
    with at(session, hours=-0.1):
        queue.drain(DRAIN)
    assert letters().count() == 0


def test_a_worker_that_slept_through_the_day_sends_the_hours_only(member, session):
    with at(session, hours=20):
        reminders.write_due()
    with at(session, minutes=40):
        queue.drain(DRAIN)
    assert letters(member).count() == 1
    assert Reminder.objects.filter(kind="day", done_at=None).count() == 0


def test_only_who_belongs_when_it_is_told(member, stranger, cohort, session):
    enroll(stranger, cohort)
    with at(session, hours=20):
        reminders.write_due()
        seats.release(stranger.enrollments.get(), "cancelled", stranger)
        queue.drain(DRAIN)
    assert letters(member).count() == 1
    assert letters(stranger).count() == 0
    held = make_person("held", "신하나")
    seats.hold(held, cohort)
    with at(session, minutes=50):
        queue.drain(DRAIN)
    assert letters(held).count() == 0


def test_a_subgroups_session_reminds_its_own_members(member, stranger, cohort, session):
    own, other = cohort.subgroups.all()
    enroll(stranger, cohort, other)
    Session.objects.filter(cohort=cohort).delete()
    met = Session.objects.create(
        cohort=cohort, subgroup=own, number=1, starts_at=session.starts_at, minutes=60, turns=2
    )
    with at(met, hours=20):
        queue.drain(DRAIN)
    assert letters(member).count() == 1
    assert letters(stranger).count() == 0


def test_who_joins_late_gets_theirs(member, stranger, cohort, session):
    with at(session, hours=20):
        queue.drain(DRAIN)
    enroll(stranger, cohort)
    with at(session, hours=3):
        queue.drain(DRAIN)
    assert letters(stranger).count() == 1
    assert letters(member).count() == 1


def test_a_moved_session_reminds_anew_and_a_cancelled_one_never(member, session):
    with at(session, hours=20):
        queue.drain(DRAIN)
        reminders.write_due()
    session.starts_at += datetime.timedelta(days=2)
    session.sequence += 1
    session.save()
    with at(session, hours=30):
        queue.drain(DRAIN)
    assert letters(member).count() == 1
    with at(session, hours=20):
        queue.drain(DRAIN)
    assert letters(member).count() == 2
    with at(session, minutes=59):
        reminders.write_due()
        Session.objects.filter(pk=session.pk).update(state="cancelled")
        queue.drain(DRAIN)
    assert letters(member).count() == 2


def test_a_clock_that_ran_ahead_and_came_back_loses_nothing_and_repeats_nothing(member, session):
    with at(session, hours=20):
        reminders.write_due()
    with at(session, hours=40):
        reminders.tell(Reminder.objects.get())
        queue.drain(DRAIN)
    assert letters().count() == 0
    with at(session, hours=10):
        queue.drain(DRAIN)
    with at(session, hours=22):
        queue.drain(DRAIN)
    assert letters().count() == 1


def test_a_letter_in_the_readers_language_and_zone_with_a_calendar_file(member, stranger, cohort, session):
    enroll(stranger, cohort)
    with at(session, hours=20):
        queue.drain(DRAIN)
    korean, english = letters(member).get(), letters(stranger).get()
    assert "20:00" in korean.text
    assert "서울 시간" in korean.text
    assert "11:00" in english.text or "12:00" in english.text
    assert "London time" in english.text
    assert "20:00, Seoul time" in english.text
    for letter in (korean, english):
        assert len(icalendar.Calendar.from_ical(letter.calendar).walk("VEVENT")) == 1
        assert "meet.example.com" not in letter.text + letter.html + letter.calendar
        assert f"/sessions/{session.public_id}/enter/" in letter.text
        assert letter.expires_at == session.starts_at


def test_a_presenter_reads_their_turn_and_whether_the_post_is_out(member, stranger, cohort, session):
    stranger.language = "en"
    enroll(stranger, cohort)
    turn = presentations.claim(stranger, session)
    with at(session, hours=20):
        queue.drain(DRAIN)
    letter = letters(stranger).get()
    assert letter.subject.startswith("You present on")
    assert "turn 1" in letter.text
    assert "not out yet" in letter.text
    assert "turn 1" not in letters(member).get().text
    presentations.make_ready(turn, stranger)
    with at(session, minutes=50):
        queue.drain(DRAIN)
    assert "Your case study is out." in letters(stranger).last().text

"""Sessions as a host moves and cancels them: people are told once, calendars follow, reminders start anew."""

import datetime
from typing import Any

import icalendar
import pytest
import time_machine
from django.core import mail

from cohorts.models import Presentation, Session
from cohorts.services import presentations
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english, shut_out, studio, text
from tests.people import enroll

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cohort) -> Session:
    return cohort.sessions.order_by("starts_at").first()


def typed(session: Session, **changed: Any) -> dict[str, Any]:
    """Return the form of a session as the page sends it."""
    start = session.starts_at.astimezone(session.cohort.tz)
    return {
        "day": start.date().isoformat(),
        "clock": start.strftime("%H:%M"),
        "minutes": str(session.minutes),
        "title": session.title,
        "link": "",
        "run_sheet": "",
        **changed,
    }


def a_day_later(session: Session) -> dict[str, Any]:
    return typed(session, day=(session.starts_at.astimezone(session.cohort.tz).date() + datetime.timedelta(1)))


def change(host: Any, session: Session, **changed: Any) -> str:
    data = changed or a_day_later(session)
    answer = english(host).post(studio("session", session.cohort, session.public_id), data, follow=True)
    queue.drain("cohorts.drain_session_news")
    return text(answer)


def letters(kind: str, person: Any = None) -> Any:
    found = Letter.objects.filter(kind=kind, withdrawn_at=None)
    return found.filter(recipient=person) if person else found


def event(letter: Letter) -> Any:
    return icalendar.Calendar.from_ical(letter.calendar).walk("VEVENT")[0]


def test_a_moved_session_tells_everybody_once_and_moves_their_calendars(
    cohort, member, partner, host, stranger, session
):
    enroll(stranger, cohort)
    before = session.starts_at
    assert "Saved." in change(host, session)
    session.refresh_from_db()
    assert (session.sequence, session.starts_at) == (1, before + datetime.timedelta(days=1))
    assert set(letters("session_moved").values_list("recipient", flat=True)) == {member.pk, stranger.pk, partner.pk}
    moved = event(letters("session_moved", stranger).get())
    assert (moved["SEQUENCE"], moved["UID"]) == (1, f"session-{session.public_id}@testserver")
    assert moved.decoded("DTSTART") == session.starts_at
    change(host, session, **typed(session))
    assert letters("session_moved").count() == 3


def test_the_letter_is_in_the_readers_language_and_zone(cohort, member, host, stranger, session):
    enroll(stranger, cohort)
    change(host, session)
    session.refresh_from_db()
    english_letter, korean = letters("session_moved", stranger).get(), letters("session_moved", member).get()
    assert english_letter.subject.startswith("Moved to ")
    assert "London time" in english_letter.text
    assert "20:00, Seoul time, where the study meets" in english_letter.text
    assert "It was to be on" in english_letter.text
    assert "서울 시간" in korean.text
    assert "where the study meets" not in korean.text
    for letter in (english_letter, korean):
        assert f"/sessions/{session.public_id}/" in letter.text
        assert "meet.example.com" not in letter.text + letter.html + letter.calendar
        assert "Your turn stays yours." not in letter.text


def test_a_presenter_reads_that_the_turn_stays(cohort, host, stranger, session):
    enroll(stranger, cohort)
    presentations.claim(stranger, session)
    change(host, session)
    assert "Your turn stays yours." in letters("session_moved", stranger).get().text
    assert Presentation.objects.get().state == "claimed"


def test_moved_twice_before_the_first_letter_left_only_the_last_is_sent(cohort, member, host, session):
    change(host, session)
    session.refresh_from_db()
    change(host, session)
    queue.drain("mail.drain_letters")
    sent = [one for one in mail.outbox if member.email in one.to]
    assert len(sent) == 1
    assert "SEQUENCE:2" in str(sent[0].message())
    assert letters("session_moved", member).get().key.split(":")[2] == "2"


def test_new_words_move_nothing_and_tell_nobody(member, host, session):
    change(host, session, **typed(session, title="First turns", run_sheet="20:00 hello", link="meet.example.org/x"))
    session.refresh_from_db()
    assert (session.title, session.sequence, session.link) == ("First turns", 0, "https://meet.example.org/x")
    assert not Letter.objects.exists()


def test_a_moved_session_reminds_anew(member, host, session):
    with time_machine.travel(session.starts_at - datetime.timedelta(hours=20)):
        queue.drain("cohorts.drain_reminders")
        change(host, session)
        queue.drain("cohorts.drain_reminders")
    assert letters("session_reminder", member).count() == 1
    with time_machine.travel(session.starts_at + datetime.timedelta(hours=2)):
        queue.drain("cohorts.drain_reminders")
    assert letters("session_reminder", member).count() == 2


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"day": "2020-01-01"}, "day", "Choose a time that is still to come."),
        ({"day": ""}, "day", "This cannot be empty."),
        ({"clock": "8 pm"}, "clock", "cannot read this as a time"),
        ({"minutes": "1000"}, "minutes", "600"),
        ({"link": "javascript:alert(1)"}, "link", "does not look like a link"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    member, host, session, changed, field, sentence
):
    page = change(host, session, **typed(session, run_sheet="20:00 hello", **changed))
    assert sentence in page.split(f'id="id_{field}_error"')[1].split("</p>")[0]
    assert "20:00 hello" in page
    session.refresh_from_db()
    assert session.sequence == 0


def test_one_that_has_begun_stays_where_it_was(member, host, session):
    with time_machine.travel(session.starts_at + datetime.timedelta(minutes=5)):
        page = change(host, session)
    assert "This session has begun. It stays where it was." in page
    session.refresh_from_db()
    assert session.sequence == 0
    assert not letters("session_moved").exists()


def cancel(host: Any, session: Session) -> str:
    answer = english(host).post(studio("session_cancel", session.cohort, session.public_id), follow=True)
    queue.drain("cohorts.drain_session_news")
    return text(answer)


def test_a_cancelled_session_leaves_calendars_and_frees_its_turns(cohort, member, host, stranger, session):
    enroll(stranger, cohort)
    turn = presentations.claim(stranger, session)
    assert "The session is cancelled. Everybody who comes to it is told by letter." in cancel(host, session)
    session.refresh_from_db()
    assert (session.state, session.sequence) == ("cancelled", 1)
    letter = letters("session_cancelled", stranger).get()
    assert "METHOD:CANCEL" in letter.calendar
    assert (event(letter)["STATUS"], event(letter)["SEQUENCE"]) == ("CANCELLED", 1)
    assert "You were to present in it." in letter.text
    assert "You were to present in it." not in letters("session_cancelled", member).get().text
    turn.refresh_from_db()
    assert turn.state == "passed"
    assert presentations.claim(stranger, cohort.sessions.get(number=2)).state == "claimed"


def test_it_is_sent_as_a_cancellation(cohort, stranger, host, session):
    enroll(stranger, cohort)
    cancel(host, session)
    queue.drain("mail.drain_letters")
    sent = next(one for one in mail.outbox if stranger.email in one.to)
    files = [part for part in sent.message().walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in files] == ["CANCEL"]


def test_cancelled_twice_it_tells_once(member, host, session):
    cancel(host, session)
    assert "This session is cancelled already." in cancel(host, session)
    assert letters("session_cancelled", member).count() == 1


def test_a_subgroups_session_concerns_its_own_people_only(cohort, member, partner, host, stranger, session):
    own, other = cohort.subgroups.all()
    enroll(stranger, cohort, other)
    met = Session.objects.create(
        cohort=cohort, subgroup=own, number=1, starts_at=session.starts_at, minutes=60, turns=2
    )
    cancel(host, met)
    assert set(letters("session_cancelled").values_list("recipient", flat=True)) == {member.pk, partner.pk}


def test_the_last_one_of_everybody_cannot_go_for_money_is_still_held_for_it(cohort, member, host):
    *first, last = cohort.sessions.order_by("starts_at")
    for session in first:
        cancel(host, session)
    assert "This is the last session of everybody still to come." in cancel(host, last)
    last.refresh_from_db()
    assert last.state == "planned"


def test_the_list_shows_the_whole_cohorts_or_one_groups(cohort, host):
    group = cohort.subgroups.first()
    start = cohort.sessions.first().starts_at
    own = Session.objects.create(cohort=cohort, subgroup=group, number=1, starts_at=start, minutes=60, turns=2)
    page = text(english(host).get(studio("sessions", cohort)))
    assert own.public_id not in page
    page = text(english(host).get(studio("sessions", cohort), {"show": group.pk}))
    assert own.public_id in page
    assert cohort.sessions.filter(subgroup=None).first().public_id not in page


@pytest.mark.parametrize("name", ["sessions", "session", "session_cancel"])
def test_nobody_else_moves_them(cohort, member, partner, other_host, stranger, session, name):
    more = [] if name == "sessions" else [session.public_id]
    people = [member, partner, other_host, stranger]
    shut_out(studio(name, cohort, *more), people, a_day_later(session), get=name != "session_cancel")
    session.refresh_from_db()
    assert (session.sequence, session.state) == (0, "planned")
    assert not Letter.objects.exists()

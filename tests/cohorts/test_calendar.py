"""Calendar files come back from a parser as they were meant, whatever letters they hold (I-35)."""

import datetime
import time
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.urls import reverse

from cohorts import calendars
from cohorts.models import Session
from tests.people import enroll, make_person, sign_in

TITLE = "첫 발표 🎉, 그리고; 뒤풀이 " * 5
SHEET = "인사 10분\n발표 5명 \\n 아님\r\n👩‍👩‍👧 마무리; 끝, " + "가나다라마바사" * 20


@pytest.fixture
def session(cohort) -> Session:
    found = cohort.sessions.first()
    found.title, found.run_sheet = TITLE[:80], SHEET
    found.save()
    return found


def parse(content: bytes) -> icalendar.Calendar:
    for line in content.split(b"\r\n"):
        assert len(line) <= 75, line
        assert b"\n" not in line
    return icalendar.Calendar.from_ical(content)


def events(calendar: icalendar.Calendar) -> list[icalendar.Event]:
    return list(calendar.walk("VEVENT"))


def test_words_come_back_exactly_and_times_keep_their_zone(member, session):
    response = sign_in(member).get(reverse("session_ics", args=[session.public_id]))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = parse(response.content)
    (event,) = events(calendar)
    assert str(event["summary"]) == f"내 일에 AI 쓰기: {session.title}"
    assert SHEET.replace("\r\n", "\n") in str(event["description"])
    assert event["dtstart"].params["TZID"] == "Asia/Seoul"
    assert event["dtstart"].dt == session.starts_at
    assert event["dtstart"].dt.astimezone(ZoneInfo("Asia/Seoul")).hour == 20
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Seoul"]
    assert len(calendar.walk("VALARM")) == 1
    assert str(calendar["method"]) == "PUBLISH"
    assert "meet.example.com" not in response.content.decode()
    assert str(event["url"]).endswith(f"/sessions/{session.public_id}/enter/")


def test_a_moved_session_keeps_its_uid_and_a_cancelled_one_says_so(member, session):
    (before,) = events(parse(calendars.session_file(session, member).encode()))
    session.starts_at += datetime.timedelta(hours=1)
    session.sequence += 1
    (after,) = events(parse(calendars.session_file(session, member).encode()))
    assert before["uid"] == after["uid"]
    assert (before["sequence"], after["sequence"]) == (0, 1)
    session.state, session.sequence = "cancelled", 2
    calendar = parse(calendars.session_file(session, member).encode())
    (gone,) = events(calendar)
    assert (str(calendar["method"]), str(gone["status"]), gone["sequence"]) == ("CANCEL", "CANCELLED", 2)
    assert gone["uid"] == before["uid"]


def test_who_may_see_a_session_may_have_its_file(member, partner, host, stranger, cohort, client, session):
    address = reverse("session_ics", args=[session.public_id])
    for person in (member, partner, host):
        assert sign_in(person).get(address).status_code == 200
    assert sign_in(stranger).get(address).status_code == 404
    assert client.get(address).status_code == 302
    other_group = Session.objects.create(
        cohort=cohort, subgroup=cohort.subgroups.last(), number=1, starts_at=session.starts_at, minutes=60, turns=2
    )
    address = reverse("session_ics", args=[other_group.public_id])
    assert sign_in(member).get(address).status_code == 404
    assert sign_in(host).get(address).status_code == 200


def test_the_feed_needs_no_sign_in_is_private_and_can_be_reset(member, cohort, client):
    old = reverse("calendar_feed", args=[member.calendar_token])
    response = client.get(old)
    assert len(events(parse(response.content))) == 4
    assert "private" in response["Cache-Control"]
    browser = sign_in(member)
    assert browser.get(reverse("calendar_reset")).status_code == 405
    assert client.post(reverse("calendar_reset")).status_code == 302
    assert client.get(old).status_code == 200
    browser.post(reverse("calendar_reset"), {"next": "//evil.example/"})
    assert client.get(old).status_code == 404
    member.refresh_from_db()
    assert client.get(reverse("calendar_feed", args=[member.calendar_token])).status_code == 200


def test_the_feed_follows_the_person(member, stranger, cohort, client):
    enroll(stranger, cohort, cohort.subgroups.last())
    first = cohort.sessions.first()
    for subgroup in cohort.subgroups.all():
        Session.objects.create(
            cohort=cohort,
            subgroup=subgroup,
            number=1,
            starts_at=first.starts_at,
            minutes=60,
            turns=2,
            title=subgroup.topic,
        )
    first.state = "cancelled"
    first.save()
    text = client.get(reverse("calendar_feed", args=[stranger.calendar_token])).content.decode().replace("\r\n ", "")
    assert "소모임 2: 소모임 2" in text
    assert "소모임 1: 소모임 1" not in text
    assert text.count("STATUS:CANCELLED") == 1
    assert "Join here:" in text
    stranger.enrollments.update(state="cancelled")
    assert b"VEVENT" not in client.get(reverse("calendar_feed", args=[stranger.calendar_token])).content


def test_a_zone_with_summer_time_keeps_its_wall_clock(host, study, client):
    from tests.people import make_cohort

    berlin = make_cohort(study, zone="Europe/Berlin", starts_on=datetime.date(2027, 3, 22), subgroups=0)
    person = make_person("anna", "Anna")
    enroll(person, berlin)
    found = events(parse(client.get(reverse("calendar_feed", args=[person.calendar_token])).content))
    assert {event["dtstart"].dt.hour for event in found} == {20}
    assert {event["dtstart"].dt.utcoffset().total_seconds() for event in found} == {3600, 7200}


def test_a_letter_to_thousands_finds_out_its_zone_once(member, session):
    years = {"first_date": datetime.date(2026, 1, 1), "last_date": datetime.date(2028, 12, 31)}
    calendars.session_file(session, member)
    began = time.process_time()
    for _ in range(20):
        calendars.session_file(session, member)
    files = time.process_time() - began
    began = time.process_time()
    for _ in range(20):
        icalendar.Timezone.from_tzid("Asia/Seoul", **years)
    assert files < time.process_time() - began

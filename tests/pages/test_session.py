"""One session: its time where the reader lives, the way in, the run sheet, whose turns; every state it can be in."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from cohorts.models import Session
from cohorts.services import presentations, seats
from tests.cohorts.meeting import LINK, at, first, group_session, page
from tests.people import enroll, lead, make_cohort, make_person, sign_in
from tests.showcase.make import filled, fresh, post


@pytest.fixture
def session(cohort) -> Session:
    return first(cohort)


@pytest.fixture
def reading(member):
    """The member, reading English in Seoul."""
    member.language = "en"
    member.save()
    return member


def test_who_belongs_sees_it_and_nobody_else(member, partner, host, stranger, session, client):
    for person in (member, partner, host):
        assert page(sign_in(person), session.get_absolute_url())
    assert LINK not in page(sign_in(stranger), session.get_absolute_url(), 403)
    assert client.get(session.get_absolute_url()).status_code == 302
    seats.release(member.enrollments.get(), "cancelled", member)
    assert page(sign_in(member), session.get_absolute_url(), 403)


def test_a_subgroups_session_is_its_own(member, partner, host, cohort):
    own, other = (group_session(cohort, group).get_absolute_url() for group in cohort.subgroups.all())
    for person, sees in ((member, 404), (partner, 404), (host, 200)):
        assert page(sign_in(person), own)
        assert page(sign_in(person), other, sees)


def test_the_time_is_the_readers_with_the_zone_named_and_the_studys_beside_it(reading, stranger, cohort, session):
    enroll(stranger, cohort)
    london = page(sign_in(stranger), session.get_absolute_url())
    assert "Your time, London time" in london
    assert f"{session.starts_at.astimezone(ZoneInfo('Europe/London')):%H:%M}" in london
    assert "20:00–21:30 Seoul time, where this study meets." in london
    seoul = page(sign_in(reading), session.get_absolute_url())
    assert "Your time, Seoul time" in seoul
    assert "where this study meets" not in seoul


@time_machine.travel("2027-03-01 09:00Z", tick=False)  # London's clocks change on 28 March 2027
def test_a_reader_whose_clocks_change_is_told_before(stranger, study):
    made = make_cohort(study, starts_on=datetime.date(2027, 3, 25), subgroups=0)
    enroll(stranger, made)
    before, after = made.sessions.order_by("starts_at")[:2]
    assert "Clocks change before session 2: on Thu 1 Apr it starts at 12:00 for you." in page(
        sign_in(stranger), before.get_absolute_url()
    )
    assert "Clocks change" not in page(sign_in(stranger), after.get_absolute_url())


def test_a_run_sheet_a_calendar_file_and_who_runs_it(reading, session):
    Session.objects.update(run_sheet="인사 10분\n발표 <b>다섯</b>")
    text = page(sign_in(reading), session.get_absolute_url())
    assert "인사 10분<br>발표 &lt;b&gt;다섯&lt;/b&gt;" in text
    assert reverse("session_ics", args=[session.public_id]) in text
    assert "정은혜" in text
    assert "한상우" in text
    Session.objects.update(run_sheet="")
    assert "How it goes" not in page(sign_in(reading), session.get_absolute_url())


def test_a_group_session_names_its_own_partner_only(reading, cohort):
    lead(make_person("other-partner", "조경민"), cohort.subgroups.last())
    own = group_session(cohort, cohort.subgroups.first())
    text = page(sign_in(reading), own.get_absolute_url())
    assert "한상우" in text
    assert "조경민" not in text


def test_the_queue_names_people_states_and_open_turns(reading, cohort, session, partner):
    neighbour = make_person("neighbour", "신하나")
    enroll(neighbour, cohort)
    presentations.claim(neighbour, session)
    own = presentations.claim(reading, session)
    written = post(reading, title="안경점 문자", presentation_id=own.pk)
    text = page(sign_in(reading), session.get_absolute_url())
    assert text.index("신하나") < text.index("being written") < text.index("안경점 문자")
    assert text.count("Open turn") == 3
    assert f'href="{written.get_absolute_url()}"' in text


def test_a_post_for_the_cohort_is_linked_inside_the_space(reading, partner, session, cohort):
    turn = presentations.claim(reading, session)
    inside = post(reading, presentation_id=turn.pk, enrollment_id=turn.enrollment_id, visibility="cohort")
    address = reverse("cohort_case", args=["ai-at-work", 1, inside.public_id])
    assert address in page(sign_in(partner), session.get_absolute_url())
    assert page(sign_in(partner), address)


def test_cancelled_moved_and_over_say_so(reading, cohort, session):
    address, enter = session.get_absolute_url(), reverse("session_enter", args=session.address_parts)
    Session.objects.filter(pk=session.pk).update(sequence=1)
    assert "It was moved: this is the time that holds." in page(sign_in(reading), address)
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    text = page(sign_in(reading), address)
    assert "This session does not take place." in text
    assert enter not in text
    Session.objects.filter(pk=session.pk).update(state="planned")
    turn = presentations.claim(reading, session)
    written = post(reading, title="보여 준 글", presentation_id=turn.pk)
    at(session, -600)
    text = page(sign_in(reading), address)
    assert "It is over." in text
    assert written.get_absolute_url() in text
    assert enter not in text
    assert "Open turn" not in text


def test_an_over_session_hides_turns_nobody_wrote_for(reading, partner, cohort, session):
    presentations.claim(reading, session)
    at(session, -600)
    partner.language = "en"
    partner.save()
    text = page(sign_in(partner), session.get_absolute_url())
    assert "No case study was written for this session" in text
    assert "배소라" not in text


def test_a_session_without_turns_is_for_talking(reading, session):
    Session.objects.update(turns=0)
    assert "This session has no turns" in page(sign_in(reading), session.get_absolute_url())


def test_publishing_leads_back_to_the_session_where_the_turn_is_ready(reading, session, cohort):
    turn = presentations.claim(reading, session)
    browser = sign_in(reading)
    _id, proof = fresh(browser, f"/showcase/new/?turn={turn.pk}")
    response = browser.post(
        "/showcase/new/", filled(fresh=proof, do="publish", place=f"turn:{turn.pk}", version=1), follow=True
    )
    assert response.redirect_chain[-1][0] == session.get_absolute_url()
    assert "your turn is ready" in response.content.decode()


def test_only_hosts_are_led_to_change_it_and_partners_to_their_desk(host, partner, member, session):
    change = reverse("studio_session", args=session.address_parts)
    seen = {
        person.handle: [
            address in page(sign_in(person), session.get_absolute_url()) for address in (change, "/partner/")
        ]
        for person in (host, partner, member)
    }
    assert seen == {"host": [True, False], "partner": [False, True], "member": [False, False]}

"""The partner's desk: their own groups this week, and who has not presented, for their eyes only."""

import pytest

from cohorts.models import Cohort, Leadership, Session
from cohorts.services import presentations
from tests.cohorts.meeting import CHAT, group_session, page, queries, seat
from tests.people import enroll, lead, make_cohort, make_person, sign_in
from tests.showcase.make import place

DESK = "/partner/"


@pytest.fixture
def reading(partner):
    """The partner, reading English."""
    partner.language = "en"
    partner.save()
    return partner


@pytest.fixture
def group(cohort):
    return cohort.subgroups.first()


def test_a_partner_sees_their_own_groups_only(reading, member, cohort, group):
    other_partner, neighbour = make_person("other-partner", "조경민"), make_person("neighbour", "신하나")
    lead(other_partner, cohort.subgroups.last())
    enroll(neighbour, cohort, cohort.subgroups.last())
    text = page(sign_in(reading), DESK)
    assert "배소라" in text
    assert f"{CHAT}/0" in text
    assert "신하나" not in text
    assert f"{CHAT}/1" not in text
    assert "신하나" in page(sign_in(other_partner), DESK)


def test_others_find_an_empty_desk_and_a_visitor_the_door(member, host, stranger, cohort, client):
    for person in (member, host, stranger):
        person.language = "en"
        person.save()
        text = page(sign_in(person), DESK)
        assert "You lead no subgroup right now" in text
        assert CHAT not in text
        assert "Has not presented" not in text
    assert client.get(DESK).status_code == 302


def test_a_lead_that_ended_leaves_the_desk_empty(reading, member):
    Leadership.objects.all().delete()
    text = page(sign_in(reading), DESK)
    assert "You lead no subgroup right now" in text
    assert "배소라" not in text


def test_the_turns_of_the_next_session_in_a_sentence(reading, member, cohort, group):
    session = group_session(cohort, group, turns=4)
    for person in seat(2, cohort, group):
        presentations.make_ready(presentations.claim(person, session), person)
    presentations.claim(member, session)
    text = page(sign_in(reading), DESK)
    assert "4 turns: 2 ready, 1 being written, 1 open" in text
    assert session.get_absolute_url() in text


def test_quiet_members_are_shown_with_a_kind_word_until_they_have_a_turn(reading, member, cohort, group):
    session = group_session(cohort, group)
    text = page(sign_in(reading), DESK)
    assert text.index("Has not presented") < text.rindex("배소라")
    assert "Would you like to show something on" in text
    presentations.claim(member, session)
    text = page(sign_in(reading), DESK)
    assert "Has not presented" not in text
    assert "Everybody has had a turn, or has one coming" in text


def test_no_session_nobody_and_finished_cohorts(reading, cohort, group):
    text = page(sign_in(reading), DESK)
    assert "No session is coming up" in text
    assert "Nobody sits here yet" in text
    Cohort.objects.update(state="finished")
    assert "You lead no subgroup right now" in page(sign_in(reading), DESK)


def test_a_turn_passed_on_tells_why(reading, member, cohort, group):
    session = group_session(cohort, group)
    presentations.pass_on(member, presentations.claim(member, session), "출장이 생겼어요")
    assert "출장이 생겼어요" in page(sign_in(reading), DESK)


def test_the_way_in_and_the_cohort_are_linked(reading, member, cohort, group):
    session = group_session(cohort, group)
    text = page(sign_in(reading), DESK)
    assert f"{session.get_absolute_url()}enter/" in text
    assert "/c/ai-at-work/1/" in text
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    assert session.get_absolute_url() not in page(sign_in(reading), DESK)


def test_it_costs_the_same_with_more_groups_people_and_turns(reading, member, cohort, group, study):
    browser = sign_in(reading)
    session = group_session(cohort, group)
    seat(1, cohort, group, turn_in=session)
    few = queries(browser, DESK)
    seat(6, cohort, group, turn_in=session)
    for _ in range(3):
        other = make_cohort(study)
        lead(reading, other.subgroups.first())
        later = group_session(other, other.subgroups.first())
        seat(2, other, other.subgroups.first(), turn_in=later)
    assert place(member, cohort)
    assert queries(browser, DESK) == few


def test_partners_and_nobody_else_find_the_desk_in_the_menu(partner, member, host, client):
    for address in ("/home/", "/fragments/menu/"):
        assert f'href="{DESK}"' in sign_in(partner).get(address).content.decode(), address
        for person in (member, host):
            assert f'href="{DESK}"' not in sign_in(person).get(address).content.decode(), address
    assert f'href="{DESK}"' not in client.get("/").content.decode()

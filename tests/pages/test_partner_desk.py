"""The partner's desk: their own groups this week, and who has not presented, for their eyes only."""

import pytest
from django.utils import timezone

from cohorts.models import Cohort, Leadership, Session
from cohorts.services import presentations
from studyplatform.kit import moments
from tests.cohorts.meeting import CHAT, at, first, group_session, page, queries, seat
from tests.people import enroll, lead, make_cohort, make_person, sign_in
from tests.showcase.make import place, post

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
        assert "quiet" not in text
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
    assert "4 turns: 2 ready, 1 empty, 1 open" in text
    assert session.get_absolute_url() in text


def test_a_draft_begun_for_a_turn_is_told_from_an_empty_one(reading, member, cohort, group):
    session = group_session(cohort, group, turns=4)
    claimed = presentations.claim(member, session)
    post(member, out=False, presentation_id=claimed.pk, enrollment_id=claimed.enrollment_id)
    assert "4 turns: 1 draft, 3 open" in page(sign_in(reading), DESK)


def test_the_title_counts_the_last_hour_and_opens_the_room_with_one_tap(reading, member, cohort, group):
    session = group_session(cohort, group, turns=4)
    text = page(sign_in(reading), DESK)
    assert "My subgroups this week" in text
    assert "minutes until it begins" not in text
    at(session, 12)
    text = " ".join(page(sign_in(reading), DESK).split())
    assert "<h1>12 minutes until it begins</h1>" in text
    with timezone.override(reading.time_zone):
        near = f"{moments.weekday(session.starts_at)} {moments.clock(session.starts_at)}"
    assert f"<b>{near}, in 12 minutes</b>, 4 turns: 4 open" in text
    assert text.count(f'href="{session.get_absolute_url()}enter/"') == 1
    at(session, -5)
    assert "<h1>Your session is on now</h1>" in page(sign_in(reading), DESK)


def test_of_several_groups_the_one_that_meets_first_is_named(reading, member, cohort, group):
    lead(reading, cohort.subgroups.last())
    late = at(group_session(cohort, group), 50)
    soon = at(group_session(cohort, cohort.subgroups.last()), 20)
    text = page(sign_in(reading), DESK)
    assert "20 minutes until it begins" in text
    assert all(f"{row.get_absolute_url()}enter/" in text for row in (late, soon))


def test_a_big_group_is_shown_page_by_page(reading, member, cohort, group, stranger, host):
    seat(52, cohort, group)
    text, address = page(sign_in(reading), DESK), f"/partner/groups/{group.pk}/"
    assert "53 people sit at this table" in text
    assert text.count('<th scope="row">') == 50
    assert f'href="{address}"' in text
    assert page(sign_in(reading), address).count('<th scope="row">') == 50
    assert page(sign_in(reading), f"{address}?page=2").count('<th scope="row">') == 3
    for person in (stranger, member, host):
        page(sign_in(person), address, status=404)


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


def test_the_session_of_everybody_is_named_when_it_comes_first(reading, member, cohort, group):
    group_session(cohort, group)
    session = at(first(cohort), 10)
    presentations.claim(member, session)
    text = page(sign_in(reading), DESK)
    assert "10 minutes until it begins" in text
    assert "내 일에 AI 쓰기, all of cohort 1" in text
    assert "5 turns: 1 empty, 4 open" in text
    assert f'href="{session.get_absolute_url()}enter/"' in text

"""The cohort's space: this week, my subgroup with its chat room, people, posts; and what stays when it is over."""

import datetime

import pytest
from django.utils import timezone

from cohorts.models import Cohort, Session
from cohorts.services import seats
from tests.cohorts.meeting import CHAT, LINK, at, first, group_session, page, queries, seat
from tests.people import enroll, lead, make_cohort, make_person, sign_in
from tests.showcase.make import place, post

SPACE = "/c/ai-at-work/1/"


@pytest.fixture
def reading(member):
    """The member, reading English."""
    member.language = "en"
    member.save()
    return member


def test_each_sees_their_own_chat_room(member, partner, host, stranger, cohort, client):
    neighbour, guest, other = (make_person(name, name) for name in ("neighbour", "guest", "other-partner"))
    enroll(neighbour, cohort, cohort.subgroups.last())
    enroll(guest, cohort)
    lead(other, cohort.subgroups.last())
    seen = {
        person.handle: [n for n in "01" if f"{CHAT}/{n}" in page(sign_in(person), SPACE)]
        for person in (member, partner, neighbour, other, guest, host)
    }
    assert seen == {
        "member": ["0"],
        "partner": ["0"],
        "neighbour": ["1"],
        "other_partner": ["1"],
        "guest": [],
        "host": [],
    }
    assert CHAT not in page(sign_in(stranger), SPACE, 403)
    assert client.get(SPACE).status_code == 302


def test_the_code_stands_beside_the_chat_room(reading):
    text = page(sign_in(reading), SPACE)
    assert "Open the chat room" in text
    assert ">1234</code>" in text


def test_who_left_is_out_and_who_moved_group_sees_the_new_room(member, cohort):
    own = place(member, cohort)
    seats.leave_subgroup(own)
    assert CHAT not in page(sign_in(member), SPACE)
    seats.join_subgroup(own, cohort.subgroups.last())
    assert f"{CHAT}/1" in page(sign_in(member), SPACE)
    seats.release(own, "cancelled", member)
    assert CHAT not in page(sign_in(member), SPACE, 403)


def test_this_week_shows_the_cohorts_and_ones_own_groups_session_never_anothers(reading, cohort):
    own, other = (group_session(cohort, group) for group in cohort.subgroups.all())
    text = page(sign_in(reading), SPACE)
    assert first(cohort).get_absolute_url() in text
    assert own.title in text
    assert other.title not in text
    assert LINK not in text


def test_before_during_and_after(reading, cohort, study):
    text = page(sign_in(reading), SPACE)
    assert "It begins on" in text
    Cohort.objects.update(starts_on=timezone.now().date() - datetime.timedelta(days=8))
    at(first(cohort), -8 * 24 * 60)
    assert "Week 2 of 4" in page(sign_in(reading), SPACE)
    for session in cohort.sessions.all():
        at(session, -600)
    again = make_cohort(study)
    text = page(sign_in(reading), SPACE)
    assert "What stays of cohort 1" in text
    assert again.get_absolute_url() in text
    assert "Join the session" not in text


def test_called_off_says_that_money_comes_back(host, cohort):
    host.language = "en"
    host.save()
    Cohort.objects.update(state="called_off")
    text = page(sign_in(host), SPACE)
    assert "This cohort was called off" in text
    assert "comes back by itself" in text
    assert "Join the session" not in text


def test_an_empty_cohort_has_a_beginning(host, cohort):
    host.language = "en"
    host.save()
    Session.objects.all().delete()
    text = page(sign_in(host), SPACE)
    assert "No session has a date yet" in text
    assert "Nobody in this cohort has published yet" in text
    assert "Nobody has joined yet." in text


def test_posts_of_the_cohort_its_own_ones_too_and_no_drafts(reading, partner, cohort):
    own = {"enrollment_id": place(reading, cohort).pk}
    public = post(reading, title="모두의 글", **own)
    inside = post(reading, title="우리끼리 글", visibility="cohort", **own)
    post(reading, title="아직 초안", out=False, **own)
    text = page(sign_in(partner), SPACE)
    assert public.get_absolute_url() in text
    assert inside.get_absolute_url() in text
    assert "아직 초안" not in text
    assert "All your posts are out" in page(sign_in(reading), SPACE)


def test_without_a_subgroup_one_is_offered(reading, cohort):
    seats.leave_subgroup(place(reading, cohort))
    text = page(sign_in(reading), SPACE)
    assert "You have no subgroup yet" in text
    assert f"{SPACE}groups/" in text


def test_it_costs_the_same_with_many_people_posts_and_sessions(member, cohort):
    browser = sign_in(member)
    group_session(cohort, cohort.subgroups.first())
    seat(1, cohort, turn_in=first(cohort))
    post(member, enrollment_id=place(member, cohort).pk, visibility="cohort")
    few = queries(browser, SPACE)
    for person in seat(6, cohort, cohort.subgroups.last(), turn_in=first(cohort)):
        post(person, enrollment_id=place(person, cohort).pk, visibility="cohort")
    for week in range(2, 8):
        group_session(cohort, cohort.subgroups.first(), number=week)
    assert queries(browser, SPACE) == few

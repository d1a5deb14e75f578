"""The list of sessions, and the door: who sees which, who is led in, from when."""

from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from cohorts.models import Cohort, Session
from cohorts.services import seats
from tests.cohorts.meeting import LINK, at, first, group_session, page, queries, seat
from tests.people import enroll, make_person, sign_in

LIST = "/c/ai-at-work/1/sessions/"


@pytest.fixture
def groups(cohort: Cohort) -> tuple[Session, Session]:
    own, other = cohort.subgroups.all()
    return group_session(cohort, own), group_session(cohort, other)


def door(session: Session) -> str:
    return reverse("session_enter", args=session.address_parts)


def test_each_sees_the_whole_cohorts_sessions_and_their_own_groups(member, partner, host, cohort, groups):
    neighbour = make_person("neighbour", "신하나")
    enroll(neighbour, cohort, cohort.subgroups.last())
    seen = {
        person.handle: [title.title in page(sign_in(person), LIST) for title in groups]
        for person in (member, partner, neighbour, host)
    }
    assert seen == {
        "member": [True, False],
        "partner": [True, False],
        "neighbour": [False, True],
        "host": [True, True],
    }


def test_a_stranger_gets_the_way_in_a_visitor_the_door_to_sign_in_and_who_left_nothing(stranger, member, client):
    assert "/studies/ai-at-work/cohorts/1/" in page(sign_in(stranger), LIST, 403)
    assert client.get(LIST).status_code == 302
    seats.release(member.enrollments.get(), "cancelled", member)
    for address in (LIST, "/c/ai-at-work/1/", door(member.enrollments.get().cohort.sessions.first())):
        assert LINK not in page(sign_in(member), address, 403)


def test_times_are_the_readers_and_the_zone_is_named(member, stranger, cohort):
    enroll(stranger, cohort)
    assert "서울" in page(sign_in(member), LIST)
    london = page(sign_in(stranger), LIST)
    assert "London time" in london
    assert f"{first(cohort).starts_at.astimezone(ZoneInfo('Europe/London')):%H:%M}" in london
    assert "20:00" not in london


def test_the_door_opens_half_an_hour_before_and_closes_after(member, cohort):
    session, browser = first(cohort), sign_in(member)
    for minutes, opens in ((31, False), (29, True), (-10, True), (-session.minutes - 1, False)):
        response = browser.get(door(at(session, minutes)))
        assert response.status_code == 302
        assert (LINK in response["Location"]) is opens, minutes
    session.state = "cancelled"
    session.save()
    assert browser.get(door(at(session, 5)))["Location"] == session.get_absolute_url()


def test_who_prepares_a_session_may_come_early(host, partner, member, cohort, groups):
    for person, session, early in (
        (host, first(cohort), True),
        (partner, first(cohort), True),
        (partner, groups[0], True),
        (member, groups[0], False),
    ):
        assert (LINK in sign_in(person).get(door(session))["Location"]) is early, (person, session)


def test_the_door_is_shut_for_another_group_a_stranger_and_a_visitor(member, stranger, cohort, groups, client):
    other = at(groups[1], 5)
    assert sign_in(member).get(door(other)).status_code == 404
    assert sign_in(member).get(door(at(groups[0], 5))).status_code == 302
    assert sign_in(stranger).get(door(at(first(cohort), 5))).status_code == 403
    assert "login" in client.get(door(first(cohort)))["Location"]


def test_without_a_room_the_door_says_so(member, cohort):
    Cohort.objects.update(link="")
    session = at(first(cohort), 5)
    response = sign_in(member).get(door(session), follow=True)
    assert response.redirect_chain == [(session.get_absolute_url(), 302)]
    assert response.context["messages"]


def test_the_rooms_own_address_stands_on_no_page(member, host, cohort):
    session = at(first(cohort), 5)
    for person in (member, host):
        for address in (LIST, "/home/", "/c/ai-at-work/1/", session.get_absolute_url(), "/c/ai-at-work/1/turns/"):
            assert LINK not in page(sign_in(person), address)
    assert door(session) in page(sign_in(member), LIST)


def test_states_stand_beside_sessions_and_past_ones_apart(member, host, cohort):
    rows = list(cohort.sessions.order_by("starts_at"))
    at(rows[0], -600)
    Session.objects.filter(pk=rows[1].pk).update(state="cancelled", title="없는 날")
    Session.objects.filter(pk=rows[2].pk).update(sequence=1, title="옮긴 날")
    host.language = "en"
    host.save()
    coming, past = (page(sign_in(host), f"{LIST}{query}") for query in ("", "?past"))
    assert "cancelled" in coming
    assert "moved" in coming
    assert rows[0].get_absolute_url() in past
    assert rows[0].get_absolute_url() not in coming
    assert rows[1].get_absolute_url() not in past


def test_empty_halves_say_why(host, cohort):
    host.language = "en"
    host.save()
    browser = sign_in(host)
    assert "No session has taken place yet" in page(browser, f"{LIST}?past")
    for row in cohort.sessions.all():
        at(row, -600)
    assert "All sessions are over" in page(browser, LIST)
    Session.objects.all().delete()
    assert "No dates yet" in page(browser, LIST)


def test_it_costs_the_same_with_many_sessions_and_turns(member, cohort):
    browser = sign_in(member)
    few = queries(browser, LIST)
    for week in range(20):
        group_session(cohort, cohort.subgroups.first(), number=week + 1)
    seat(4, cohort, turn_in=first(cohort))
    assert queries(browser, LIST) == few

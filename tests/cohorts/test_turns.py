"""Turns as pages: seen, taken, passed on with a reason that only partner and host read."""

import pytest
from django.urls import reverse

from cohorts.models import Session
from cohorts.services import presentations
from showcase.services import case_studies
from tests.cohorts.meeting import at, first, group_session, page, queries, seat
from tests.people import enroll, lead, make_person, sign_in
from tests.showcase.make import content

PAGE = "/c/ai-at-work/1/turns/"


@pytest.fixture
def session(cohort) -> Session:
    return first(cohort)


@pytest.fixture
def reading(member):
    """The member, reading English."""
    member.language = "en"
    member.save()
    return member


def take(session: Session) -> str:
    return reverse("turn_take", args=session.address_parts)


def away(session: Session) -> str:
    return reverse("turn_pass", args=session.address_parts)


def offered(session: Session, text: str) -> bool:
    return f'action="{take(session)}"' in text


def test_members_take_turns_partner_and_host_look_on_a_stranger_gets_the_way_in(
    reading, partner, host, stranger, session
):
    for person, may in ((reading, True), (partner, False), (host, False)):
        assert offered(session, page(sign_in(person), PAGE)) is may, person
        assert offered(session, page(sign_in(person), session.get_absolute_url())) is may, person
        sign_in(person).post(take(session))
    assert [turn.enrollment.person for turn in session.presentations.all()] == [reading]
    assert sign_in(stranger).post(take(session)).status_code == 403
    assert page(sign_in(stranger), PAGE, 403)


def test_a_turn_taken_is_shown_with_its_state_and_not_offered_again(reading, session):
    browser = sign_in(reading)
    assert browser.post(take(session))["Location"] == session.get_absolute_url()
    assert browser.get(take(session)).status_code == 405
    text = page(browser, session.get_absolute_url())
    assert "Turn 1" in text
    assert "being written" in text
    assert f"/showcase/new/?turn={session.presentations.get().pk}" in text
    assert not offered(session, text)
    assert "4 turns are open" in page(browser, PAGE)


def test_a_full_session_offers_nothing_and_says_so(reading, cohort, session):
    Session.objects.filter(pk=session.pk).update(turns=1)
    presentations.claim(seat(1, cohort)[0], session)
    text = page(sign_in(reading), PAGE)
    assert not offered(session, text)
    assert "Every turn is taken" in text
    response = sign_in(reading).post(take(session), follow=True)
    assert "Another session has room." in response.content.decode()


def test_another_groups_turns_are_not_found(reading, cohort):
    own, other = (group_session(cohort, group) for group in cohort.subgroups.all())
    text = page(sign_in(reading), PAGE)
    assert own.title in text
    assert other.title not in text
    assert sign_in(reading).post(take(other)).status_code == 404
    assert sign_in(reading).post(take(own)).status_code == 302
    assert not other.presentations.exists()


def test_passing_on_asks_why_and_keeps_the_words_on_an_error(reading, session):
    browser = sign_in(reading)
    browser.post(take(session))
    assert away(session) in page(browser, session.get_absolute_url())
    assert browser.post(away(session), {"reason": "   "}).status_code == 422
    long = "출장이 생겼어요. " * 40
    response = browser.post(away(session), {"reason": long})
    assert response.status_code == 422
    assert long.strip() in response.content.decode()
    at(session, -1)
    begun = browser.post(away(session), {"reason": "지금은 못 해요"})
    assert begun.status_code == 422
    assert "지금은 못 해요" in begun.content.decode()
    assert session.presentations.get().state == "claimed"
    at(session, 600)
    assert browser.post(away(session), {"reason": "출장"})["Location"] == session.get_absolute_url()
    assert session.presentations.get().state == "passed"


def test_only_ones_own_turn_can_be_passed_on(reading, cohort, session):
    presentations.claim(seat(1, cohort)[0], session)
    assert sign_in(reading).get(away(session)).status_code == 404
    assert sign_in(reading).post(away(session), {"reason": "남의 것"}).status_code == 404
    assert session.presentations.get().state == "claimed"


def test_the_reason_is_read_by_the_host_and_the_members_own_partner_only(reading, partner, host, cohort, session):
    other_partner, neighbour = make_person("other-partner", "조경민"), make_person("neighbour", "신하나")
    lead(other_partner, cohort.subgroups.last())
    enroll(neighbour, cohort, cohort.subgroups.last())
    turn = presentations.claim(reading, session)
    presentations.pass_on(reading, turn, "어머니가 편찮으세요")
    seen = {
        person.handle: "어머니가 편찮으세요" in page(sign_in(person), session.get_absolute_url())
        for person in (host, partner, other_partner, neighbour)
    }
    assert seen == {"host": True, "partner": True, "other_partner": False, "neighbour": False}


def test_a_draft_shows_no_title_to_others_and_a_post_does(reading, cohort, session, partner):
    turn = presentations.claim(reading, session)
    draft = case_studies.start(reading, content(title="비밀 초안", presentation_id=turn.pk))
    assert "비밀 초안" not in page(sign_in(partner), session.get_absolute_url())
    case_studies.publish(draft, reading)
    for browser in (sign_in(partner), sign_in(reading)):
        text = page(browser, session.get_absolute_url())
        assert draft.get_absolute_url() in text
    assert "ready" in page(sign_in(reading), session.get_absolute_url())


def test_nothing_to_come_says_so(reading, cohort):
    Session.objects.update(state="cancelled")
    assert "No session is coming up" in page(sign_in(reading), PAGE)


def test_it_costs_the_same_with_many_sessions_and_turns(member, cohort, session):
    browser = sign_in(member)
    seat(1, cohort, turn_in=session)
    few = queries(browser, PAGE), queries(browser, session.get_absolute_url())
    for week in range(10):
        group_session(cohort, cohort.subgroups.first(), number=week + 1)
    session.refresh_from_db()
    seat(8, cohort, turn_in=session)
    assert (queries(browser, PAGE), queries(browser, session.get_absolute_url())) == few

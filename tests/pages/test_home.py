"""Home says the next thing first; each person finds there what is theirs, and nobody what is not."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Session
from cohorts.services import presentations, seats
from payments.models import Payment, PaymentLine, Receipt
from showcase.services import case_studies
from tests.cohorts.meeting import CHAT, LINK, at, first, group_session, page, queries, seat
from tests.people import enroll, lead, make_cohort, make_person, make_study, sign_in
from tests.showcase.make import content, post

HOME = "/home/"


@pytest.fixture
def reading(member):
    """The member, reading English in Seoul."""
    member.language = "en"
    member.save()
    return member


def title(person) -> str:
    return re.search(r"<h1>(.*?)</h1>", page(sign_in(person), HOME)).group(1)


def test_a_visitor_signs_in_first_and_no_cache_keeps_the_page(client, member):
    assert "login" in client.get(HOME)["Location"]
    assert "no-store" in sign_in(member).get(HOME)["Cache-Control"]


def test_the_title_is_the_next_thing(reading, cohort):
    session = first(cohort)
    assert title(reading) == "배소라, next: Take a turn"
    turn = presentations.claim(reading, session)
    assert title(reading).startswith("배소라, next: Publish the case study you present on")
    presentations.make_ready(turn, reading)
    with time_machine.travel(datetime.datetime(2027, 3, 1, 10, tzinfo=ZoneInfo("Asia/Seoul")), tick=False):
        at(session, 90)
        assert title(reading) == "배소라, you present today"
        at(session, 25)
        presentations.make_unready(turn, reading)
        assert title(reading) == "배소라, your session starts at 10:25"
        at(session, -5)
        assert title(reading) == "배소라, your session is on now"


def test_the_next_session_stands_there_with_the_way_in_and_never_the_room(reading, cohort):
    session = first(cohort)
    text = page(sign_in(reading), HOME)
    enter = reverse("session_enter", args=session.address_parts)
    assert enter in text
    assert "The room opens at" in text
    assert "Seoul time" in text
    assert LINK not in text
    assert f'btn-primary" href="{enter}' not in text
    at(session, 10)
    assert f'btn-primary" href="{enter}' in page(sign_in(reading), HOME)


def test_another_groups_session_is_never_next(reading, cohort):
    own, other = (group_session(cohort, group) for group in cohort.subgroups.all())
    at(other, 30)
    assert other.title not in page(sign_in(reading), HOME)
    at(own, 40)
    assert own.title in page(sign_in(reading), HOME)


def test_turns_posts_and_drafts_are_counted_for_oneself(reading, cohort):
    turn = presentations.claim(reading, first(cohort))
    case_studies.start(reading, content(title="쓰다 만 글", presentation_id=turn.pk))
    text = page(sign_in(reading), HOME)
    assert "0 of 2 posts are out" in text
    assert "쓰다 만 글" in text
    assert "being written" in text
    post(reading, enrollment_id=reading.enrollments.get().pk, title="나간 글")
    assert "1 of 2 posts are out" in page(sign_in(reading), HOME)


def test_the_calendar_has_a_private_address_that_can_be_made_anew(reading, stranger):
    browser = sign_in(reading)
    old = reverse("calendar_feed", args=[reading.calendar_token])
    assert old in page(browser, HOME)
    assert reverse("calendar_reset") in page(browser, HOME)
    assert browser.post(reverse("calendar_reset"), {"next": HOME})["Location"] == HOME
    assert old not in page(browser, HOME)
    assert stranger.calendar_token not in page(sign_in(stranger), HOME)


def test_a_newcomer_finds_a_table_and_something_to_read(stranger, reading, cohort):
    make_cohort(make_study(reading, slug="plain-words", title="Plain words", language="en"))
    written = post(reading, title="Ten lines", language="en")
    text = page(sign_in(stranger), HOME)
    assert "You are in no cohort yet." in text
    assert "/studies/plain-words/cohorts/1/" in text
    assert written.get_absolute_url() in text
    assert "You are in no cohort yet." not in page(sign_in(reading), HOME)


def test_with_nothing_to_join_one_can_start_a_study(stranger):
    text = page(sign_in(stranger), HOME)
    assert "No cohort can be joined right now." in text
    assert reverse("studio_new") in text


def test_a_held_seat_leads_back_to_paying(stranger, cohort):
    seats.hold(stranger, cohort)
    assert title(stranger) == "Daniel Cho, your seat is waiting"
    assert reverse("join", args=["ai-at-work", 1]) in page(sign_in(stranger), HOME)


def test_who_left_keeps_nothing_of_the_cohort(reading, cohort):
    session = first(cohort)
    seats.release(reading.enrollments.get(), "cancelled", reading)
    text = page(sign_in(reading), HOME)
    assert session.get_absolute_url() not in text
    assert "/c/ai-at-work/1/" not in text


def test_a_cohort_that_is_over_stays_in_the_list_without_steps(reading, cohort):
    Cohort.objects.update(state="finished")
    text = page(sign_in(reading), HOME)
    assert "/c/ai-at-work/1/" in text
    assert "Your cohort is over" in text
    assert "What comes next" not in text
    assert "Join the session" not in text


def test_partner_and_host_find_what_they_run(partner, host, member, cohort):
    group = cohort.subgroups.first()
    assert f"/partner/#group-{group.pk}" in page(sign_in(partner), HOME)
    assert "/studio/ai-at-work/" in page(sign_in(host), HOME)
    for address in ("/partner/#group", "/studio/ai-at-work/"):
        assert address not in page(sign_in(member), HOME)


def test_steps_of_two_cohorts_name_them_most_urgent_first(reading, cohort, study):
    second = make_cohort(study)
    enroll(reading, second)
    presentations.claim(reading, first(second))
    text = page(sign_in(reading), HOME)
    assert text.index("Publish the case study") < text.index("Choose your subgroup") < text.index("Take a turn")
    assert "내 일에 AI 쓰기, cohort 2" in text
    assert text.count("Say what you can help with") == 1


def test_it_costs_the_same_with_more_of_everything(member, cohort, study):
    browser = sign_in(member)
    enroll(member, make_cohort(study))
    Cohort.objects.exclude(pk=cohort.pk).update(state="finished")
    presentations.claim(member, first(cohort))
    few = queries(browser, HOME)
    group_session(cohort, cohort.subgroups.first())
    for session in cohort.sessions.all()[1:]:
        presentations.claim(member, session)
    seat(6, cohort, turn_in=first(cohort))
    for _ in range(3):
        enroll(member, make_cohort(study))
    Cohort.objects.exclude(pk=cohort.pk).update(state="finished")
    assert queries(browser, HOME) == few


def test_a_receipt_is_linked_to_where_money_moved(reading, cohort):
    def paid(amount: int) -> Payment:
        made = Payment.objects.create(
            buyer=reading, provider="stripe", amount=amount, currency="KRW", state="paid", paid_at=timezone.now()
        )
        PaymentLine.objects.create(payment=made, enrollment=reading.enrollments.get(), amount=amount)
        Receipt.objects.create(payment=made, number=f"R-{made.pk}")
        return made

    free = paid(0)
    assert reverse("receipt", args=[free.public_id]) not in page(sign_in(reading), HOME)
    address = reverse("receipt", args=[paid(150_000).public_id])
    assert address in page(sign_in(reading), HOME)
    assert page(sign_in(reading), address)


def test_chat_rooms_stand_in_the_space_not_here(member):
    assert CHAT not in page(sign_in(member), HOME)
    assert CHAT in page(sign_in(member), "/c/ai-at-work/1/")


def test_a_partner_of_two_cohorts_leads_both(cohort, study, partner):
    other = make_cohort(study)
    lead(partner, other.subgroups.first())
    assert page(sign_in(partner), HOME).count("/partner/#group-") == 2


def test_a_cancelled_session_is_not_next(reading, cohort):
    session = first(cohort)
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    assert session.get_absolute_url() not in page(sign_in(reading), HOME)
    neighbour = make_person("neighbour", "신하나", language="en")
    assert "you meet next" not in page(sign_in(neighbour), HOME)

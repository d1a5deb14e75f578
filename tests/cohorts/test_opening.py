"""Calling a cohort off by hand and by itself: letters, seats, sessions; a minimum decided once, hosts told in time."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, StudyRole
from cohorts.services import seats
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from studyplatform.mail.services import preferences
from tests.cohorts.hosting import english, shut_out, studio, text
from tests.payments.money_world import paid_seat
from tests.people import enroll, make_person

pytestmark = pytest.mark.django_db

DECIDE, WARN, NEWS = "cohorts.drain_minimums", "cohorts.drain_minimum_soon", "cohorts.drain_cohort_news"


def call_off(browser: Client, cohort: Cohort) -> str:
    """Press the button, and let the clock tell everybody."""
    page = text(browser.post(studio("call_off", cohort), follow=True))
    queue.drain(NEWS)
    return page


@pytest.fixture
def small(cohort: Cohort) -> Cohort:
    """The cohort, which needs 3 people, decided in ten days."""
    cohort.minimum, cohort.minimum_by = 3, timezone.now() + datetime.timedelta(days=10)
    cohort.save()
    return cohort


def on_the_day(cohort: Cohort, *names: str, **later: float) -> None:
    """Let the clock's drains run when the minimum is decided, or that much later."""
    with time_machine.travel(cohort.minimum_by + datetime.timedelta(**later), tick=False):
        for name in names or (DECIDE, NEWS):
            queue.drain(name)
    cohort.refresh_from_db()


def letters(template: str, person: Any = None) -> Any:
    found = Letter.objects.filter(key__startswith=template)
    return found.filter(recipient=person) if person else found


def test_the_page_says_in_numbers_what_calling_off_does(cohort, member, host, stranger):
    enroll(stranger, cohort)
    assert studio("call_off", cohort) in text(english(host).get(studio("cohort", cohort)))
    page = text(english(host).get(studio("call_off", cohort)))
    assert "2 members get a letter." in page
    assert "₩300,000 goes back to them in full, by itself." in page
    cohort.refresh_from_db()
    assert cohort.state == "open"


def test_calling_off_cancels_sessions_tells_everybody_and_stops_joining(cohort, member, partner, host, client):
    assert "The cohort is called off." in call_off(english(host), cohort)
    cohort.refresh_from_db()
    assert cohort.state == "called_off"
    assert set(cohort.sessions.values_list("state", "sequence")) == {("cancelled", 1)}
    assert "150,000원" in letters("called-off", member).get().text
    assert "원" not in letters("called-off", partner).get().text
    assert letters("called-off").count() == 2
    page = text(client.get(cohort.get_absolute_url()))
    assert "/join/" not in page


def test_it_cannot_be_stopped_by_who_wants_no_such_letters(cohort, member, host):
    for kind in ("cohort_called_off", ""):
        preferences.choose(member, kind, wanted=False)
    call_off(english(host), cohort)
    assert letters("called-off", member).get().kind == ""


def test_pressed_twice_it_happens_once(cohort, member, host):
    browser = english(host)
    call_off(browser, cohort)
    assert "This cohort is over already." in call_off(browser, cohort)
    assert letters("called-off", member).count() == 1


def test_a_draft_is_called_off_unseen(cohort, host, partner, client):
    Cohort.objects.filter(pk=cohort.pk).update(state="draft", opened_at=None)
    english(host).post(studio("call_off", cohort))
    cohort.refresh_from_db()
    assert cohort.state == "called_off"
    assert client.get(cohort.get_absolute_url()).status_code == 404
    assert cohort.get_absolute_url() not in text(client.get(cohort.study.get_absolute_url()))


def test_not_after_the_first_session_has_begun(cohort, member, host):
    first = cohort.sessions.first()
    with time_machine.travel(first.starts_at + datetime.timedelta(minutes=1)):
        browser = english(host)
        assert studio("call_off", cohort) not in text(browser.get(studio("cohort", cohort)))
        page = call_off(browser, cohort)
    assert "The first session has begun." in page
    cohort.refresh_from_db()
    assert cohort.state == "open"
    assert not letters("called-off").exists()


def test_seats_being_paid_for_are_freed(cohort, member, host, stranger):
    held = seats.hold(stranger, cohort)
    call_off(english(host), cohort)
    queue.drain("cohorts.drain_holds")
    held.refresh_from_db()
    assert held.state == "expired"
    assert not letters("called-off", stranger).exists()
    assert not seats.settle(held)


def test_nobody_else_calls_it_off(cohort, member, partner, other_host, stranger):
    shut_out(studio("call_off", cohort), [member, partner, other_host, stranger])
    cohort.refresh_from_db()
    assert cohort.state == "open"
    assert not Letter.objects.exists()


def test_too_few_on_the_day_and_it_is_called_off_by_itself(small, member, host, partner):
    paid_seat(make_person("paid", "Daniel Park", language="en"), small)
    on_the_day(small, seconds=-1)
    assert small.state == "open"
    on_the_day(small)
    assert small.state == "called_off"
    assert "fewer people joined than it needs" in letters("called-off").get(language="en").text
    assert letters("fell-short").get().recipient == host
    on_the_day(small)
    assert (letters("called-off").count(), letters("fell-short").count()) == (3, 1)


def test_the_money_is_on_its_way_without_anybodys_hand(small, host):
    from payments.models import Refund

    for n in range(2):
        paid_seat(make_person(f"paid-{n}", f"멤버 {n}"), small)
    on_the_day(small, DECIDE, NEWS, "payments.drain_called_off")
    assert list(Refund.objects.values_list("amount", "cause")) == [(150_000, "called_off")] * 2
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"cancelled"}
    small.seats.refresh_from_db()
    assert small.seats.taken == 0
    on_the_day(small, DECIDE, NEWS, "payments.drain_called_off")
    assert Refund.objects.count() == 2


def test_enough_on_the_day_and_it_takes_place_whatever_happens_later(small, member, host):
    people = [make_person(f"more-{n}", f"멤버 {n}") for n in range(2)]
    for person in people:
        enroll(person, small)
    on_the_day(small)
    assert (small.state, bool(small.minimum_met_at)) == ("open", True)
    seats.release(Enrollment.objects.get(person=people[0]), "cancelled", people[0])
    on_the_day(small, days=1)
    assert small.state == "open"
    assert not Letter.objects.exists()
    assert "3, reached" in text(english(host).get(studio("cohort", small)))


def test_who_is_still_paying_does_not_count(small, member, host, stranger):
    enroll(make_person("second", "둘"), small)
    with time_machine.travel(small.minimum_by - datetime.timedelta(minutes=5)):
        seats.hold(stranger, small)
    on_the_day(small)
    assert small.state == "called_off"


def test_hosts_are_told_days_before_once_with_the_number_missing(small, member, host, other_host):
    StudyRole.objects.create(study=small.study, person=other_host, kind="co-host")
    host.language = "en"
    host.save()
    on_the_day(small, WARN, days=-3, seconds=-1)
    assert not Letter.objects.exists()
    for _ in range(2):
        on_the_day(small, WARN, days=-2)
    assert letters("minimum-soon").count() == 2
    letter = letters("minimum-soon", host).get()
    assert letter.subject == "2 people are missing: 내 일에 AI 쓰기, cohort 1"
    assert "1 person has joined." in letter.text
    assert f"http://testserver{small.get_absolute_url()}" in letter.text
    assert "Seoul time" in letter.text


def test_hosts_are_not_told_when_enough_came(small, member, host):
    for n in range(2):
        enroll(make_person(f"more-{n}", f"멤버 {n}"), small)
    on_the_day(small, WARN, days=-2)
    assert not Letter.objects.exists()
    assert small.minimum_told_at


def test_a_cohort_ends_after_its_last_session(cohort, member):
    last = cohort.sessions.order_by("starts_at").last()
    for after, state in ((-1, "open"), (1, "finished")):
        with time_machine.travel(last.ends_at + datetime.timedelta(minutes=after), tick=False):
            queue.drain("cohorts.drain_finished")
        cohort.refresh_from_db()
        assert cohort.state == state

"""The studio's first screen: what is next in each study, this week, people to look after, money waiting."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, StudyRole
from cohorts.services import presentations, sessions, subgroups
from payments.services import releases
from tests.cohorts.hosting import english, text
from tests.payments.money_world import paid_members
from tests.people import enroll, make_cohort, make_person, make_study

pytestmark = pytest.mark.django_db

STUDIO = "/studio/"
TEN_DAYS = datetime.timedelta(days=10)


def step(browser) -> tuple[str, str]:
    """Return the one primary button of the page: its words and where it leads."""
    found = re.findall(r'<a class="btn btn-primary" href="([^"]+)">([^<]+)</a>', text(browser.get(STUDIO)))
    assert len(found) == 1, found
    return found[0][1], found[0][0].replace("&amp;", "&")


def test_a_person_with_nothing_is_shown_how_to_begin(stranger):
    page = text(english(stranger).get(STUDIO))
    assert "Nothing here yet" in page
    assert 'href="/studio/new/"' in page
    assert "Start your first study" in page


def test_a_visitor_signs_in_first(client):
    assert client.get(STUDIO).headers["Location"].endswith("?next=/studio/")


def test_nobody_sees_anothers_studies(cohort, member, partner, other_host):
    for person in (member, partner, other_host):
        assert cohort.study.title not in text(english(person).get(STUDIO))


def test_a_co_host_sees_what_the_host_sees(cohort, other_host):
    StudyRole.objects.create(study=cohort.study, person=other_host, kind="co-host")
    assert cohort.study.title in text(english(other_host).get(STUDIO))


def test_the_next_step_follows_the_life_of_a_study(host):
    browser, study = english(host), make_study(host, slug="walks", title="Walks", state="draft")
    assert step(browser) == ("Plan the first cohort", "/studio/walks/cohorts/new/")
    cohort = make_cohort(study, state="draft", minimum=2, minimum_by=timezone.now() + TEN_DAYS, capacity=2)
    here = reverse("studio_cohort", args=["walks", 1])
    assert step(browser) == ("Look over cohort 1 and open it", here)
    Cohort.objects.update(state="open")
    assert step(browser) == ("Invite 2 more people to cohort 1", here)
    enroll(make_person("one", "One"), cohort, cohort.subgroups.first())
    assert step(browser) == ("Invite 1 more person to cohort 1", here)
    enroll(make_person("two", "Two"), cohort)
    assert step(browser) == ("Find a subgroup for 1 member of cohort 1", f"{here}people/?show=unplaced")
    enroll_into_second(cohort)
    assert step(browser) == ("See how cohort 1 stands", here)
    first = cohort.sessions.first()
    with time_machine.travel(first.starts_at - datetime.timedelta(days=2)):
        words, address = step(browser)
        assert words.startswith("See who presents on ")
        assert address == first.get_absolute_url()
    with time_machine.travel(first.starts_at + datetime.timedelta(minutes=5)):
        assert step(browser) == ("Go to the session of cohort 1", first.get_absolute_url())
        assert browser.get(first.get_absolute_url()).status_code == 200
    Cohort.objects.update(state="finished")
    assert step(browser) == ("Plan the next cohort", "/studio/walks/cohorts/new/")


def enroll_into_second(cohort: Cohort) -> None:
    place = Enrollment.objects.get(person__email="two@example.com")
    subgroups.place(cohort.study.payee, place, cohort.subgroups.last())


def test_an_open_cohort_with_seats_is_shared(host):
    make_cohort(make_study(host), subgroups=0)
    assert step(english(host))[0] == "Share the link of cohort 1"


def test_seats_turns_and_people_without_a_place_are_counted(cohort, member, host, stranger):
    enroll(stranger, cohort)
    presentations.claim(stranger, cohort.sessions.first())
    page = " ".join(re.sub(r"<[^>]+>", " ", text(english(host).get(STUDIO))).split())
    for words in ("2 of 6 seats", "4 left", "Without a turn yet 1", "Not in a subgroup yet 1"):
        assert words in page


def test_this_week_shows_sessions_of_everybody_that_take_place(cohort, member, host):
    first, second, *_ = cohort.sessions.order_by("starts_at")
    presentations.claim(member, first)
    with time_machine.travel(first.starts_at - datetime.timedelta(days=1)):
        page = text(english(host).get(STUDIO))
        assert first.get_absolute_url() in page
        assert second.get_absolute_url() not in page
        assert "1 of 5 turns taken" in page
        sessions.cancel(host, first)
        assert "No session in the next seven days." in text(english(host).get(STUDIO))


def test_money_waiting_is_shown_to_its_host_only(cohort, host, partner):
    paid_members(cohort, 2, cohort.subgroups.first())
    releases.release(cohort.sessions.get(number=1))
    page = text(english(host).get(STUDIO))
    assert "₩52,500" in page  # 2 x 37,500 x 70 %
    assert "₩225,000" in page  # the rest waits for three sessions
    page = text(english(partner).get(STUDIO))
    assert "₩" not in page


def test_its_queries_do_not_grow(host, django_assert_num_queries):
    browser = english(host)
    make_cohort(make_study(host))
    browser.get(STUDIO)
    with CaptureQueriesContext(connection) as one:
        browser.get(STUDIO)
    for n in range(4):
        study = make_study(host, slug=f"more-{n}", title=f"More {n}")
        for _ in range(2):
            cohort = make_cohort(study, starts_on=datetime.date.today() + datetime.timedelta(days=2))
            enroll(make_person(f"in-{cohort.pk}", "멤버"), cohort)
    with django_assert_num_queries(len(one)):
        page = text(browser.get(STUDIO))
    assert "More 3" in page
    assert len(one) <= 10

"""The studio's first screen: what is next in each study, this week, people to look after, money waiting."""

import datetime
import html
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Study, StudyRole
from cohorts.services import presentations, sessions, subgroups
from payments.models import PaymentLine
from payments.services import releases
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english, text
from tests.payments.money_world import paid_members, payee_for
from tests.people import enroll, lead, make_cohort, make_person, make_study
from tests.showcase.make import post

pytestmark = pytest.mark.django_db

STUDIO = "/studio/"
TEN_DAYS = datetime.timedelta(days=10)


def todos(browser) -> list[tuple[str, str, str]]:
    """Return what there is to do, in order: its words, where it leads, "get" or "post"."""
    page = text(browser.get(STUDIO))
    found = []
    for item in re.findall(r"<li[^>]*>\s*<span class=\"dot.*?</li>", page, re.DOTALL):
        address = re.search(r'(?:href|action)="([^"]+)"', item)
        found.append(
            (
                html.unescape(re.search(r"<b>(.*?)</b>", item)[1]),
                html.unescape(address[1]),
                "post" if "<form" in item else "get",
            )
        )
    assert page.count("btn-primary") == bool(found), "the first of them is the page's one primary button"
    return found


def words(browser) -> list[str]:
    return [todo[0] for todo in todos(browser)]


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


@pytest.fixture
def browser(host):
    """The host, reading English, whose account for payouts is known."""
    payee_for(host)
    return english(host)


def test_what_to_do_follows_the_life_of_a_study(browser, host):
    study = make_study(host, slug="walks", title="Walks", state="draft")
    assert todos(browser) == [("Plan the first cohort", "/studio/walks/cohorts/new/", "get")]
    cohort = make_cohort(study, state="draft", minimum=2, minimum_by=timezone.now() + TEN_DAYS, capacity=2)
    here = reverse("studio_cohort", args=["walks", 1])
    assert todos(browser) == [("Finish the plan of cohort 1", here, "get")]
    Study.objects.update(for_whom="Walkers")
    assert todos(browser) == [("Open cohort 1", here, "get")]
    Cohort.objects.update(state="open")
    for group in cohort.subgroups.all():
        lead(make_person(f"lead-{group.pk}", "Lead"), group)
    assert todos(browser) == [("2 more people are needed for cohort 1", f"{here}#share", "get")]
    enroll(make_person("one", "One"), cohort, cohort.subgroups.first())
    assert words(browser) == ["1 more person is needed for cohort 1"]
    enroll(make_person("two", "Two"), cohort)
    assert todos(browser) == [("1 member has no subgroup", f"{here}people/?show=unplaced", "get")]
    enroll_into_second(cohort)
    assert todos(browser) == []
    assert "nothing waits for you" in text(browser.get(STUDIO))
    first = cohort.sessions.first()
    with time_machine.travel(first.starts_at - datetime.timedelta(days=2)):
        ((said, address, _how),) = todos(browser)
        assert said.startswith("See who presents on ")
        assert address == f"{first.get_absolute_url()}#turns"
    with time_machine.travel(first.starts_at + datetime.timedelta(minutes=5)):
        assert todos(browser)[0] == ("Your session is on", first.get_absolute_url(), "get")
        assert browser.get(first.get_absolute_url()).status_code == 200
    Cohort.objects.update(state="finished")
    assert todos(browser) == [("Run cohort 1 again", f"{here}again/", "post")]


def enroll_into_second(cohort: Cohort) -> None:
    place = Enrollment.objects.get(person__email="two@example.com")
    subgroups.place(cohort.study.payee, place, cohort.subgroups.last())


def test_an_open_cohort_with_seats_is_shared(browser, host):
    make_cohort(make_study(host), subgroups=0)
    assert words(browser) == ["6 seats are left in cohort 1"]


def test_a_turn_without_its_post_before_the_session_is_one_tap_away_and_then_done(browser, cohort, member, host):
    turn = presentations.claim(member, cohort.sessions.first())
    assert not [said for said in words(browser) if "배소라" in said]
    with time_machine.travel(turn.session.starts_at - datetime.timedelta(hours=20)):
        said, address, how = todos(browser)[0]
        assert "배소라 presents t" in said
        assert (address, how) == (f"/members/{turn.enrollment.public_id}/nudge/", "post")
        form = re.search(r'name="words" value="([^"]+)"', text(browser.get(STUDIO)))
        answer = browser.post(address, {"words": html.unescape(form[1]), "next": STUDIO}, follow=True)
        assert answer.redirect_chain[-1][0] == STUDIO
        assert "배소라 님" in Letter.objects.get(kind="nudge").text
        assert not [said for said in words(browser) if "배소라" in said]


def test_a_turn_whose_post_is_out_asks_for_nothing(browser, cohort, member):
    turn = presentations.claim(member, cohort.sessions.first())
    presentations.make_ready(turn)
    with time_machine.travel(turn.session.starts_at - datetime.timedelta(hours=20)):
        assert not [said for said in words(browser) if "배소라" in said]


def test_a_subgroup_nobody_leads_asks_for_a_partner(browser, cohort):
    second = cohort.subgroups.last()
    address = reverse("studio_group", args=["ai-at-work", 1, second.pk])
    assert ("1 subgroup has no partner", address, "get") in todos(browser)
    lead(make_person("more", "더"), second)
    assert "1 subgroup has no partner" not in words(browser)


def test_where_money_goes_is_asked_once_it_comes_in(host):
    study, browser = make_study(host), english(host)
    free = make_cohort(study, amount=0, subgroups=0)
    assert "Say where your money goes" not in words(browser)
    free.prices.update(amount=10_000)
    assert todos(browser)[0] == ("Say where your money goes", reverse("payee"), "get")
    payee_for(host)
    assert "Say where your money goes" not in words(browser)


def test_people_of_a_finished_cohort_are_invited_to_the_next_until_they_are_in(browser, cohort, member, host):
    Cohort.objects.update(state="finished")
    more = make_cohort(cohort.study, subgroups=0)
    share = reverse("studio_cohort", args=["ai-at-work", 2])
    assert ("Invite 1 person of earlier cohorts to cohort 2", f"{share}#share", "get") in todos(browser)
    enroll(member, more)
    assert not [said for said in words(browser) if said.startswith("Invite")]


def test_a_minimum_near_its_day_comes_before_the_rest(browser, cohort):
    Cohort.objects.update(minimum=5, minimum_by=timezone.now() + datetime.timedelta(days=2))
    assert words(browser)[0] == "5 more people are needed for cohort 1"
    Cohort.objects.update(minimum_by=timezone.now() + datetime.timedelta(days=9))
    assert words(browser)[0] == "1 subgroup has no partner"


@pytest.mark.parametrize(("state", "why"), [("called_off", "did not take place"), ("finished", "has no cohort now")])
def test_a_study_without_a_cohort_is_run_again_with_one_tap(browser, cohort, state, why):
    Cohort.objects.update(state=state)
    ((said, address, how),) = todos(browser)
    assert (said, how) == ("Run cohort 1 again", "post")
    assert why in text(browser.get(STUDIO))
    answer = browser.post(address)
    assert answer.headers["Location"] == reverse("studio_copy", args=["ai-at-work", 2])
    assert words(browser) == ["Finish the plan of cohort 2"]


def test_five_stand_open_and_the_rest_waits_behind_a_line(browser, host):
    for n in range(7):
        make_study(host, slug=f"s-{n}", title=f"S {n}", state="draft")
    page = text(browser.get(STUDIO))
    assert "5 things to do now" in page
    assert "2 more, less pressing" in page


def test_the_loop_counts_posts_people_and_money_that_stayed(browser, cohort, member, host, other_host):
    own = post(member, enrollment_id=Enrollment.objects.get(person=member).pk)
    post(member, visibility="cohort", enrollment_id=own.enrollment_id)
    lines = paid_members(cohort, 3)
    through = [lines[0].enrollment_id, lines[1].enrollment_id]
    Enrollment.objects.filter(pk__in=through).update(came_from_kind="case_study", came_from_id=own.public_id)
    PaymentLine.objects.filter(pk=lines[1].pk).update(refunded=50_000)
    page = " ".join(re.sub(r"<[^>]+>", " ", text(browser.get(STUDIO))).split())
    assert "Public posts 1 by your members" in page
    assert "Joined through a post 2 of 4 who joined" in page
    assert "They paid ₩250,000" in page
    assert "The next cohort 4 / 6" in page
    assert f"{own.title} 배소라 2 people joined" in page
    make_study(other_host, slug="other", title="Other")
    page = text(english(other_host).get(STUDIO))
    assert "₩" not in page
    assert "Nobody has come through a post yet." in page


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
    assert len(one) <= 22

"""The demo's bar: on every page the same bytes, somebody else with one click, time that really moves."""

import datetime
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Presentation, Session
from payments.models import Payout
from payments.services import payouts
from studyplatform.accounts.models import User
from studyplatform.demo.people import PEOPLE
from tests.people import make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def shown(settings: Any) -> None:
    settings.DEMO_BAR = True


def become(browser: Client, person: str) -> Any:
    return browser.post(reverse("demo_become"), {"person": person})


def move(browser: Client, moment: str) -> str:
    answer = browser.post(reverse("demo_move"), {"moment": moment}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("shown")
def test_public_pages_are_the_same_bytes_for_everybody_and_set_no_cookie(cohort: Cohort, member: User) -> None:
    browser = sign_in(member)
    browser.cookies["signed_in"] = "1"
    for page in ("/", "/en/", reverse("studies"), cohort.get_absolute_url()):
        cache.clear()
        known = browser.get(page)
        cache.clear()
        unknown = Client().get(page)
        assert b"demo-bar" in unknown.content
        assert known.content == unknown.content
        assert not known.cookies
        assert not unknown.cookies
        assert b"csrfmiddlewaretoken" not in unknown.content


def test_without_the_setting_no_page_has_it(member: User) -> None:
    for answer in (Client().get("/"), sign_in(member).get("/home/")):
        assert b"demo-bar" not in answer.content
        assert b"demo.js" not in answer.content


@pytest.mark.usefixtures("shown")
def test_pages_of_people_have_it_and_keep_the_strict_policy(member: User) -> None:
    answer = sign_in(member).get("/home/")
    assert b"demo-bar" in answer.content
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_one_click_makes_one_somebody_else(host: User, partner: User, member: User, admin: User) -> None:
    make_person("newcomer", "새로")
    browser = Client()
    for name in ("host", "partner", "member", "newcomer", "admin"):
        answer = become(browser, name)
        assert answer.status_code == 302
        assert answer["Location"] == reverse(PEOPLE[name].first_page)
        assert browser.get("/home/").wsgi_request.user.email == f"{name}@example.com"
        assert f'value="{name}" aria-current' in browser.get(reverse("demo_bar")).content.decode()
    assert become(browser, "nobody")["Location"] == reverse("front")
    assert browser.get("/home/").status_code == 302


def test_nobody_becomes_who_is_not_offered(host: User, stranger: User, admin: User) -> None:
    browser = Client()
    for name in ("stranger", "admin2", "", "newcomer"):
        assert become(browser, name).status_code == 404
        assert browser.get("/home/").status_code == 302


def test_it_takes_a_form_of_our_own(host: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert become(strict, "host").status_code == 403
    page = strict.get(reverse("demo_bar"))
    token = page.cookies["csrf"].value
    assert strict.post(reverse("demo_become"), {"person": "host", "csrfmiddlewaretoken": token}).status_code == 302
    assert Client().get(reverse("demo_become")).status_code == 405
    assert "no-store" in page.headers["Cache-Control"]


GONE = """
import django; django.setup()
from django.apps import apps
from django.conf import settings
from django.urls import Resolver404, get_resolver, resolve
assert not settings.DEMO and not settings.DEMO_BAR
assert not apps.is_installed("studyplatform.demo")
resolve("/home/")
for address in ("/demo/", "/demo/bar/", "/demo/become/", "/demo/move/"):
    try:
        resolve(address)
    except Resolver404:
        continue
    raise SystemExit(address + " exists")
import sys
assert "studyplatform.demo.views" not in sys.modules
print("gone")
"""


def test_outside_the_demo_there_is_no_such_address_and_no_such_app() -> None:
    production = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "studyplatform.settings",
        "DEMO_BAR": "1",  # alone it does nothing
        "SECRET_KEY": "k" * 60,
        "SITE_URL": "https://studies.example.org",
        "ALLOWED_HOSTS": "studies.example.org",
        "DATABASE_URL": "postgres://localhost/none",
        "REDIS_URL": "redis://localhost",
        "EMAIL_URL": "smtp://localhost:25",
        "STRIPE_API_KEY": "sk_live_none",
        "STRIPE_WEBHOOK_SECRET": "whsec_none",
    }
    ran = subprocess.run([sys.executable, "-c", GONE], env=production, capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "gone", ran.stdout + ran.stderr


@pytest.fixture
def running(cohort: Cohort, member: User, partner: User) -> Cohort:
    """The cohort of everybody's tests with a turn in its first session."""
    first = cohort.sessions.earliest("starts_at")
    place = Enrollment.objects.get(cohort=cohort, person=member)
    Presentation.objects.create(session=first, enrollment=place, position=1)
    return cohort


def test_ten_minutes_before_the_room_is_open_and_a_day_after_the_turns_are_closed(
    running: Cohort, member: User
) -> None:
    first = running.sessions.earliest("starts_at")
    browser = sign_in(member)
    way_in = reverse("session_enter", args=first.address_parts)
    assert browser.get(way_in)["Location"] == first.get_absolute_url()  # too early

    assert first.name in move(browser, "before")
    first.refresh_from_db()
    assert 9 * MINUTE < first.starts_at - timezone.now() < 12 * MINUTE
    assert browser.get(way_in)["Location"] == first.meeting_link

    assert first.name in move(browser, "after")
    first.refresh_from_db()
    assert first.ends_at + datetime.timedelta(days=1) <= timezone.now()
    assert first.released_at
    assert set(first.presentations.values_list("state", flat=True)) == {"missed"}


def test_time_goes_forward_again_and_again_and_ends_with_a_sentence(running: Cohort, member: User) -> None:
    browser, names = sign_in(member), set()
    for session in running.sessions.order_by("starts_at"):
        assert session.name in move(browser, "before")
        move(browser, "after")
        names.add(session.name)
    assert len(names) == running.weeks
    assert "make demo-reset" in move(browser, "before")
    assert not Session.objects.filter(cohort=running, released_at=None).exists()


def test_payday_runs_the_payouts(running: Cohort, member: User) -> None:
    before, closes = payouts.next_run() - timezone.now(), running.closes_at
    page = move(sign_in(member), "payday")
    running.refresh_from_db()
    assert abs((closes - running.closes_at) - before) < 2 * MINUTE
    assert reverse("admin:payments_payout_changelist") in page
    assert not Payout.objects.exists()  # nobody has earned anything here; tests/browser has who did


def test_opening_day_is_an_hour_before_a_cohort_that_has_enough_people(
    running: Cohort, member: User, study: Any
) -> None:
    page = move(sign_in(member), "opening")
    first = running.sessions.earliest("starts_at")
    assert 59 * MINUTE <= first.starts_at - timezone.now() < 62 * MINUTE
    assert study.title in page


def test_a_cohort_without_enough_people_has_no_opening_day(running: Cohort, member: User) -> None:
    running.minimum, running.minimum_by = 6, running.closes_at
    running.save()
    assert "make demo-reset" in move(sign_in(member), "opening")
    running.refresh_from_db()
    assert running.state == "open"


def test_on_the_way_a_minimum_is_decided_on_its_day(running: Cohort, member: User, study: Any) -> None:
    later = make_cohort(study, subgroups=0, minimum=3, minimum_by=running.closes_at - datetime.timedelta(days=3))
    move(sign_in(member), "after")
    later.refresh_from_db()
    assert later.state == "called_off"
    assert later.called_off_at < later.sessions.earliest("starts_at").starts_at


def test_no_such_moment(member: User) -> None:
    assert sign_in(member).post(reverse("demo_move"), {"moment": "yesterday"}).status_code == 404


def test_its_files_are_its_own() -> None:
    assert "demo-bar" not in Path("static/css/site.css").read_text()
    assert "demo-" not in Path("static/js/site.js").read_text()

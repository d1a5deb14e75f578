"""What was written to a person, in the product: theirs alone, by day, new until they have seen it, no keys."""

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cohorts import letters as cohort_letters
from cohorts.models import Cohort, Session
from cohorts.services import sessions
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from studyplatform.mail.services import letters, preferences
from tests.people import sign_in

pytestmark = pytest.mark.django_db

HERE = "/notifications/"


@pytest.fixture
def moved(cohort: Cohort, member: User, host: User) -> Session:
    """A session with another time; its members were told."""
    session = cohort.sessions.filter(subgroup=None).first()
    assert session
    changed = sessions.change(host, session, starts_at=session.starts_at + datetime.timedelta(days=1), minutes=60)
    queue.drain("cohorts.drain_session_news")
    return changed


def told(browser: Client, asked: str = "") -> str:
    answer = browser.get(HERE + asked, headers={"accept-language": "en"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def rows(page: str) -> list[str]:
    return re.findall(r'<p lang="\w\w">(?:<a href="[^"]*">)?([^<]+)', page)


def bell(browser: Client) -> str:
    found = re.search(r'class="btn btn-icon bell" href="/notifications/" aria-label="([^"]*)"', told(browser))
    assert found
    return found[1]


def english(person: User) -> Client:
    User.objects.filter(pk=person.pk).update(language="en")
    return sign_in(person)


def backdate(letter: Letter, days: int) -> None:
    Letter.objects.filter(pk=letter.pk).update(created_at=timezone.now() - datetime.timedelta(days=days))


def test_a_session_that_moves_is_told_and_leads_there(moved: Session, member: User, stranger: User) -> None:
    page = told(english(member))
    assert f'<a href="{moved.get_absolute_url()}">' in page
    assert "A session gets another time" in page
    other = told(english(stranger))
    assert moved.get_absolute_url() not in other
    assert "All caught up" in other
    assert "All caught up" not in page


def test_new_until_marked(moved: Session, member: User, stranger: User) -> None:
    browser, other = english(member), english(stranger)
    page = told(browser)
    assert bell(browser) == "Notifications, 1 new"
    assert bell(other) == "Notifications"
    assert b"Notifications, 1 new" in browser.get("/fragments/menu/").content
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until
    browser.post(HERE, {"until": until[1]})
    assert bell(browser) == "Notifications"
    assert rows(told(browser)) == rows(page)
    assert "Mark all as read" in page
    assert "Mark all as read" not in told(browser)


def test_what_came_meanwhile_stays_new(moved: Session, member: User, cohort: Cohort) -> None:
    browser = english(member)
    shown = member.letters.get()
    cohort_letters.called_off(cohort, cohort_letters.people_in(cohort))
    browser.post(HERE, {"until": shown.created_at.isoformat()})
    assert bell(browser) == "Notifications, 1 new"
    for nonsense in ("", "yesterday", (shown.created_at - datetime.timedelta(days=9)).isoformat()):
        browser.post(HERE, {"until": nonsense})
        assert bell(browser) == "Notifications, 1 new"
    browser.post(HERE, {"until": "2999-01-01T00:00:00+00:00"})
    assert bell(browser) == "Notifications"
    Letter.objects.filter(pk=shown.pk).update(created_at=timezone.now())
    assert bell(browser) == "Notifications, 1 new"  # nobody marks the future


def test_keys_are_only_in_the_mail(member: User) -> None:
    Client().post("/accounts/login/code/", {"email": member.email})
    Client().post("/accounts/password/reset/", {"email": member.email})
    browser = english(member)
    assert member.letters.count() == 2
    assert not rows(told(browser))
    assert bell(browser) == "Notifications"


def test_what_was_taken_back_or_stopped_is_not_told(moved: Session, member: User, cohort: Cohort) -> None:
    browser = english(member)
    assert len(rows(told(browser))) == 1
    preferences.choose(member, "session_moved", wanted=False)
    queue.drain("mail.drain_letters")
    assert not rows(told(browser))
    cohort_letters.called_off(cohort, cohort_letters.people_in(cohort))
    assert len(rows(told(browser))) == 1
    letters.withdraw(f"cohort:{cohort.pk}")
    assert not rows(told(browser))


def test_by_day_and_kind_and_page(moved: Session, member: User, cohort: Cohort) -> None:
    browser = english(member)
    backdate(member.letters.get(), days=1)
    cohort_letters.called_off(cohort, cohort_letters.people_in(cohort))
    page = told(browser)
    assert page.index(">Today<") < page.index(">Yesterday<")
    assert len(rows(page)) == 2
    assert len(rows(told(browser, "?kind=session_moved"))) == len(rows(told(browser, "?kind=always"))) == 1
    assert "Nothing of this kind" in told(browser, "?kind=comment")
    letter = member.letters.get(kind="")
    Letter.objects.bulk_create(
        Letter(recipient=member, key=f"more:{n}", subject=f"No. {n}", address=letter.address, language="en")
        for n in range(30)
    )
    assert len(rows(told(browser))) == 30
    assert len(rows(told(browser, "?page=2"))) == 2


def test_a_button_that_leads_elsewhere_is_no_way(member: User, settings: Any) -> None:
    letter = Letter(html='<a class="way" href="https://elsewhere.example.com/x/">x</a>')
    assert letter.way == ""
    settings.SITE_URL = "https://elsewhere.example.com"
    assert letter.way == "/x/"

"""The page of partners: who leads now and what, the offer in numbers, the same for everybody."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts.models import Cohort, Partner, Terms
from cohorts.services import partners
from studyplatform.accounts.models import User
from tests.cohorts.hosting import text
from tests.people import lead, make_cohort, make_person

pytestmark = pytest.mark.django_db

PAGE = "/en/partners/"


def page() -> str:
    cache.clear()  # kept pages go after commit, which no test has
    return text(Client().get(PAGE))


def test_who_leads_stands_there_with_what_they_lead(cohort: Cohort) -> None:
    shown = page()
    for words in ("한상우", "을지로에서 인쇄소 운영", "소모임 1", "Thursday", "21:00", "Seoul time", "1 partner"):
        assert words in shown
    assert cohort.get_absolute_url() in shown
    assert "20 % of what the members of your group pay" in shown
    assert "partner@example.com" not in shown
    assert 'href="/partner/apply/"' in shown


def test_who_leads_nothing_now_does_not(cohort: Cohort, admin: User, stranger: User) -> None:
    Partner.objects.create(person=stranger, state="approved")
    Partner.objects.create(person=make_person("asks", "묻는 사람"))
    assert stranger.name not in page()
    assert "묻는 사람" not in page()
    row = Partner.objects.get(person__handle="partner")
    partners.pause(admin, row, note="x")
    assert "한상우" not in page()
    partners.approve(admin, row)
    assert "한상우" in page()
    Cohort.objects.update(state="finished")
    assert "한상우" not in page()


def test_with_nobody_the_offer_is_all_there_is(db: None) -> None:
    shown = page()
    assert "Become one of them" in shown
    assert "Who leads now" not in shown
    assert "The host says how much before you say yes." in shown


def test_the_offer_names_the_least_and_the_most(cohort: Cohort) -> None:
    other = make_cohort(cohort.study)
    Terms.objects.create(cohort=other, version=2, platform_share=1000, partner_share=3050)
    assert "Between 20 % and 30.5 %" in page()


def test_many_fill_pages_at_the_same_cost(cohort: Cohort) -> None:
    more = make_cohort(cohort.study, subgroups=30)
    for n, group in enumerate(more.subgroups.all()):
        lead(make_person(f"p-{n:02}", f"P{n:02}"), group)
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        shown = text(Client().get(PAGE))
    assert len(queries) <= 3
    assert shown.count('class="avatar') == 24
    second = Client().get(PAGE, {"page": "2"})
    assert text(second).count('class="avatar') == 7
    assert "http://testserver/en/partners/?page=2" in text(second)


def test_it_is_found(cohort: Cohort) -> None:
    with_en = text(Client().get("/sitemaps/pages.xml"))
    for address in ("/partners/", "/en/partners/", "/partner-terms/"):
        assert f"http://testserver{address}</loc>" in with_en
    shown = text(Client().get(reverse("front")))
    assert 'href="/partners/"' in shown
    assert "noindex" not in page()

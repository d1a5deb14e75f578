"""A host in the evening, on a phone: what posts brought, what to do, a word to who presents tomorrow, and once more."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Leadership, Session, Subgroup
from cohorts.services import presentations
from studyplatform.accounts.models import User
from studyplatform.kit import money
from studyplatform.mail.models import Letter
from tests.browser.walk import LANGUAGE, ZONE, Walker
from tests.payments.money_world import paid_members, payee_for
from tests.people import lead, make_person
from tests.showcase.make import place, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def evening(cohort: Cohort, member: User, host: User) -> Cohort:
    """Its last session is tomorrow, one turn is without its post; one of three paying members came through a post."""
    payee_for(host)
    cohort.study.for_whom = "자기 일을 바꾸고 싶은 분"
    cohort.study.save()
    lead(make_person("second-lead", "이민지"), cohort.subgroups.last())
    own = post(member, title="영수증을 표로", enrollment_id=place(member, cohort).pk)
    Subgroup.objects.filter(cohort=cohort).update(capacity=9)
    lines = paid_members(cohort, 3, cohort.subgroups.first())
    Enrollment.objects.filter(pk=lines[0].enrollment_id).update(came_from_kind="case_study", came_from_id=own.public_id)
    now = timezone.now()
    Cohort.objects.filter(pk=cohort.pk).update(state="closed", starts_on=now.date() - datetime.timedelta(weeks=3))
    for week, session in enumerate(cohort.sessions.order_by("number")):
        start = now + datetime.timedelta(days=1) - datetime.timedelta(weeks=3 - week)
        Session.objects.filter(pk=session.pk).update(starts_at=start, title=f"{week + 1}주차 이야기")
    presentations.claim(lines[1].enrollment.person, cohort.sessions.get(number=4))
    cohort.refresh_from_db()
    return cohort


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_evening(browse: Any, evening: Cohort, host: User, partner: User, language: str) -> None:
    host.language = language
    host.save()
    walker = Walker(browse(host, locale=LANGUAGE[language], timezone_id=ZONE["ko"], has_touch=True), language)
    page = walker.page

    walker.go("/studio/").sees("%(name)s, this is next", name=host.name)
    walker.sees_text(money.show(150_000, "KRW", language)).sees_text("영수증을 표로").well()
    first = page.locator("ol.steps > li").first
    assert page.locator(".flow-loop").bounding_box()["y"] < 500, "the loop is on the first screen"
    assert first.bounding_box()["y"] < 844, "and so is the first thing to do"
    walker.press("Send a note").sees("Your note is on its way to %(name)s.", name="멤버 1")
    assert Letter.objects.filter(kind="nudge").count() == 1

    walker.press("Copy it").sees("%(run)s, planned from %(last)s", run=walker.run(2), last=walker.run(1)).well()
    copy = Cohort.objects.get(number=2)
    assert (copy.starts_on - evening.starts_on).days % 7 == 0
    walker.sees("%(name)s led it last time", name="한상우")
    page.get_by_role("button", name=walker.say_many("Ask %(n)s partner", "Ask %(n)s partners", 2)).click()
    walker.sees_text(walker.say_many("%(n)s partner has the letter.", "%(n)s partners have the letter.", 2))
    assert Leadership.objects.filter(subgroup__cohort=copy).count() == 2
    walker.press("Open %(run)s", run=walker.run(2)).sees("It is open. Share the link, and people can join.")
    titles = copy.sessions.filter(subgroup=None).order_by("number").values_list("title", flat=True)
    assert list(titles) == [f"{week}주차 이야기" for week in range(1, 5)]
    walker.sees_text(copy.get_absolute_url()).well()
    walker.go("/studio/").sees("Take the link").well()

"""The landing page for who comes from a post, and its subgroups by the day they meet."""

import datetime
import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Study, Subgroup
from tests.people import make_person, sign_in
from tests.showcase.make import place, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(member, cohort):
    """Four posts of the study; the first is the oldest, and alone with the last in its field."""
    own = place(member, cohort).pk
    fields = ("food", "design", "design", "food")
    return [post(member, title=f"post {n}", field=field, enrollment_id=own) for n, field in enumerate(fields)]


def shown(page: str) -> list[str]:
    return re.findall(r">(post \d)<", page)


def get(page: Cohort | Study, query: str = "", **headers: str):
    cache.clear()
    return Client(headers=headers).get(f"{page.get_absolute_url()}{query}")


def test_who_comes_from_a_post_sees_it_first_and_then_people_in_its_field(cohort, posts):
    assert shown(get(cohort).content.decode()) == ["post 3", "post 2", "post 1"]
    page = get(cohort, f"?from={posts[0].public_id}").content.decode()
    assert shown(page) == ["post 0", "post 3", "post 2"]
    assert "방금 읽은 글" in page
    assert f'<link rel="canonical" href="{settings.SITE_URL}{cohort.get_absolute_url()}">' in page


def test_that_page_is_the_same_for_everybody_who_comes_from_there(cohort, posts):
    query = f"?from={posts[0].public_id}"
    one = get(cohort, query, **{"accept-language": "en", "cookie": "signed_in=1"})
    other = get(cohort, query, **{"accept-language": "ko"})
    assert one.content == other.content
    assert not one.cookies
    assert "public" in one.headers["Cache-Control"]
    with CaptureQueriesContext(
        connection,
    ) as again:
        Client().get(f"{cohort.get_absolute_url()}{query}")
    assert len(again) == 0
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as fresh:
        Client().get(f"{cohort.get_absolute_url()}{query}")
    assert len(fresh) <= 3


@pytest.mark.parametrize("made_up", ["abcdefgh", "x", "' OR 1=1", "한글"])
def test_what_names_no_post_of_the_study_leads_to_the_page_itself(cohort, posts, made_up):
    answer = Client().get(cohort.get_absolute_url(), {"from": made_up})
    assert (answer.status_code, answer.headers["Location"]) == (302, cohort.get_absolute_url())


def test_who_comes_from_a_post_to_the_study_goes_on_to_a_cohort_with_it(cohort, posts):
    page = get(cohort.study, f"?from={posts[0].public_id}").content.decode()
    assert shown(page)[0] == "post 0"
    onward = f'href="{cohort.get_absolute_url()}?from={posts[0].public_id}"'
    assert page.count(onward) == 3, "in the list, on the button and in the bar of phones"
    assert "from=" not in get(cohort.study).content.decode()
    with CaptureQueriesContext(connection) as again:
        get(cohort.study, f"?from={posts[1].public_id}")
    assert len(again) <= 3


@pytest.mark.parametrize("made_up", ["abcdefgh", "' OR 1=1", "한글"])
def test_what_names_no_post_leads_to_the_page_of_the_study(cohort, posts, made_up):
    answer = Client().get(cohort.study.get_absolute_url(), {"from": made_up})
    assert (answer.status_code, answer.headers["Location"]) == (302, cohort.study.get_absolute_url())


def test_a_post_among_members_is_no_way_in(cohort, member, posts):
    inside = post(member, visibility="cohort", title="SECRET", enrollment_id=place(member, cohort).pk)
    assert get(cohort, f"?from={inside.public_id}").status_code == 302


def test_subgroups_stand_by_day_with_the_seats_left_and_one_tap_to_take_one(cohort):
    for n, day in enumerate((1, 3, 1)):
        Subgroup.objects.create(
            cohort=cohort,
            position=10 + n,
            topic=f"T{n}",
            weekday=day,
            meets_at=datetime.time(20 - n),
            capacity=4,
            taken=4 if n == 1 else 1,
        )
    page = get(cohort).content.decode()
    assert re.findall(r'class="tag" href="#(day-\d)">(\S+) <span class="muted">(\d)', page) == [
        ("day-1", "화요일", "2"),
        ("day-3", "목요일", "3"),
    ]
    order = ('id="day-1"', ">T2<", ">T0<", 'id="day-3"', ">T1<")
    assert sorted(order, key=page.index) == list(order)
    full, free = cohort.subgroups.get(topic="T1"), cohort.subgroups.get(topic="T0")
    assert f"join/?group={free.pk}" in page
    assert f"join/?group={full.pk}" not in page
    Cohort.objects.update(state="closed")
    assert "join/?group=" not in get(cohort).content.decode()


def test_the_subgroup_picked_there_is_chosen_when_joining(cohort):
    group = cohort.subgroups.last()
    page = Client().get(f"{cohort.get_absolute_url()}join/?group={group.pk}").content.decode()
    assert re.search(rf'value="{group.pk}" checked', page)
    Subgroup.objects.filter(pk=group.pk).update(taken=group.capacity)
    for asked in (str(group.pk), "0", "x", "9" * 30, "²"):
        page = Client().get(f"{cohort.get_absolute_url()}join/", {"group": asked}).content.decode()
        assert 'name="subgroup" value="" checked' in page, asked


def test_where_one_came_from_is_kept_over_the_subgroup_picked(cohort, posts):
    came = f"http://testserver{cohort.get_absolute_url()}?from={posts[0].public_id}"
    page = Client().get(f"{cohort.get_absolute_url()}join/?group=1", headers={"referer": came}).content.decode()
    assert f'name="came_from" value="{posts[0].public_id}"' in page


def test_after_signing_up_on_the_way_one_button_is_left(cohort, client):
    group = cohort.subgroups.first()
    join = f"{cohort.get_absolute_url()}join/"
    filled = {"subgroup": group.pk, "terms": "on", "introduction": "", "came_from": ""}
    assert client.post(join, filled).headers["Location"].startswith("/accounts/signup/")
    assert "단계" not in client.get(join).content.decode()
    client.force_login(make_person("fresh", "오유나"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(join).content.decode()
    assert "오유나 님, 한 단계 남았어요" in page
    assert group.topic in page
    assert page.count("btn-primary") == 1
    assert not Enrollment.objects.exists()


def test_what_is_for_fun_has_seasons(cohort, member):
    assert "1기" in get(cohort).content.decode()
    Study.objects.filter(pk=cohort.study_id).update(wording="club")
    for answer in (get(cohort), sign_in(member).get(reverse("space", args=[cohort.study.slug, 1]))):
        page = answer.content.decode()
        assert "시즌 1" in page
        assert "1기" not in page

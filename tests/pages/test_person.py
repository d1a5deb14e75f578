"""A person's public page: what they made, for everybody; nobody who shows nothing has one."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohorts.models import Cohort
from showcase.services import case_studies
from studyplatform.accounts.models import User
from studyplatform.accounts.services import people
from tests.people import sign_in
from tests.reading import read
from tests.showcase.make import FULL, post

pytestmark = pytest.mark.django_db


def get(address: str) -> Any:
    return Client().get(address)


def rename(person: User, handle: str) -> Any:
    shown = {"pen_name": person.name, "work": "전주에서 안경점 운영", "field": "marketing", "about": "단골이 많아요."}
    rest = {"can_help": "말투", "looking_for": "재고", "language": "ko", "time_zone": "Asia/Seoul", "handle": handle}
    return sign_in(person).post("/account/profile/", {**shown, **rest})


def test_it_shows_what_a_person_did_and_where_to_meet_them(
    cohort: Cohort, member: User, partner: User, django_capture_on_commit_callbacks: Any
) -> None:
    assert get("/@member/").status_code == 404
    rename(member, "member")
    row = post(member, html=FULL, title="문자 한 통")
    page = read(get("/@member/"))
    text = get("/@member/").content.decode()
    assert page.language == "ko"
    for words in ("배소라", "전주에서 안경점 운영", "단골이 많아요.", "말투", "문자 한 통", row.get_absolute_url()):
        assert words in text
    assert member.email not in text
    assert cohort.study.title in get("/@partner/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        case_studies.remove(row, member)
    assert get("/@member/").status_code == 404


def test_who_shows_nothing_has_no_page(cohort: Cohort, member: User, stranger: User) -> None:
    post(member, out=False)
    post(member, visibility="cohort", enrollment_id=cohort.enrollments.get(person=member).pk)
    for handle in (member.handle, stranger.handle, "nobody"):
        assert get(f"/@{handle}/").status_code == 404
    post(stranger)
    assert get(f"/@{stranger.handle}/").status_code == 200
    stranger.is_active = False
    stranger.save()
    cache.clear()
    assert get(f"/@{stranger.handle}/").status_code == 404


def test_an_old_address_leads_to_the_new_one_and_is_nobody_else_s(member: User, stranger: User) -> None:
    post(member)
    assert rename(member, "sora").status_code == 302
    moved = get("/@member/")
    assert (moved.status_code, moved.url) == (301, "/@sora/")
    assert rename(stranger, "member").status_code == 422
    assert rename(member, "member").status_code == 302
    assert get("/@member/").status_code == 200
    assert get("/@sora/").url == "/@member/"


def test_a_changed_name_is_shown_at_once(member: User, django_capture_on_commit_callbacks: Any) -> None:
    post(member)
    assert "배소라" in get("/@member/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        people.describe(member, {"handle": "member", "language": "ko", "time_zone": "Asia/Seoul", **_shown("소라")})
    assert "<h1>소라</h1>" in get("/@member/").content.decode()


def _shown(name: str) -> dict[str, str]:
    return {"pen_name": name, **dict.fromkeys(("work", "field", "about", "can_help", "looking_for"), "")}


def test_it_is_found_once_there_is_something_to_read(cohort: Cohort, member: User, host: User) -> None:
    post(member)
    assert not read(get("/@member/")).indexed
    assert "/@member/" not in get("/sitemaps/people.xml").content.decode()
    row = post(member, html=FULL)
    cache.clear()
    assert read(get("/@member/")).indexed
    found = get("/sitemaps/people.xml").content.decode()
    assert "/@member/" in found
    assert "/@host/" in found
    assert "/@member/" in get(row.get_absolute_url()).content.decode()
    [profile] = read(get("/@member/")).of_type("ProfilePage")
    assert profile["mainEntity"]["name"] == "배소라"


def test_queries_do_not_grow(cohort: Cohort, member: User, stranger: User) -> None:
    post(member)
    few = _cost()
    for n in range(15):
        row = post(member, title=f"글 {n}")
        post(stranger, parent=row)
    cache.clear()
    assert _cost() == few == 3
    assert get("/@member/?page=2").status_code == 200


def _cost() -> int:
    with CaptureQueriesContext(connection) as queries:
        assert get("/@member/").status_code == 200
    return len(queries)

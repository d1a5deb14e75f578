"""Who was brought in by a host's list agrees first; until then the API shows nothing of the cohort's inside."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Presentation
from payments.services import agreements
from studyplatform.accounts.models import User
from tests.api.test_mine import post, token
from tests.api.test_problems import problem
from tests.api.test_reading import get
from tests.payments.test_outside import TWO, bring
from tests.people import enroll, make_cohort, make_study, sign_in
from tests.showcase import make

pytestmark = pytest.mark.django_db
MINE = "/api/v1/me/"


@pytest.fixture
def place(host: User, cohort: Cohort) -> Enrollment:
    """A seat somebody was brought into, without a yes."""
    bring(sign_in(host), cohort, *TWO)
    return Enrollment.objects.get(cohort=cohort, person__email="minji@example.org")


def page_of(cohort: Cohort) -> str:
    return f"http://testserver{reverse('agree', args=[cohort.study.slug, cohort.number])}"


def rows(name: str, key: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(f"{MINE}{name}/", **key).json()["results"]
    return found


def test_the_place_is_listed_and_says_where_to_agree(place: Enrollment, member: User) -> None:
    key = token(place.person)
    assert [row["agree_url"] for row in rows("enrollments", key)] == [page_of(place.cohort)]
    assert rows("sessions", key) == []
    assert [row["agree_url"] for row in rows("enrollments", token(member))] == [None]
    sign_in(place.person).post(page_of(place.cohort))
    assert [row["agree_url"] for row in rows("enrollments", key)] == [None]
    assert len(rows("sessions", key)) == 4


def test_nothing_of_its_inside_opens_before(place: Enrollment, member: User, cohort: Cohort) -> None:
    session = cohort.sessions.order_by("starts_at")[0]
    turn, key = f"/api/v1/sessions/{session.public_id}/turn/", token(place.person, "join", "read", "write")
    asked = [post(turn, key), post(f"{turn}pass/", key, reason="다음에 할게요.")]
    asked += [post(f"{MINE}case-studies/", key, title="x", **one) for one in written(place, session.public_id)]
    for answer in asked:
        assert problem(answer, 403, "agree_first")["page"] == page_of(cohort)
    assert not Presentation.objects.exists()
    agreements.agree(place.person, recording=False)
    assert post(turn, key).status_code == 201
    assert [row["session"]["id"] for row in rows("turns", key)] == [session.public_id]
    assert post(f"{MINE}case-studies/", key, title="x", enrollment=place.public_id).status_code == 201
    problem(post("/api/v1/sessions/nothing000/turn/", key), 404, "not_found")


def written(place: Enrollment, session: str) -> list[dict[str, str]]:
    return [{"enrollment": place.public_id}, {"session": session}]


def test_posts_calendar_and_other_cohorts(place: Enrollment, member: User, cohort: Cohort, stranger: User) -> None:
    inside = make.post(member, enrollment_id=make.place(member, cohort).pk, visibility="cohort")
    enroll(place.person, make_cohort(make_study(stranger, slug="walks")))
    browser = sign_in(place.person)
    feed = reverse("calendar_feed", args=[place.person.calendar_token])
    talk = reverse("comments", args=[inside.public_id])

    def seen() -> tuple[int, int, set[str]]:
        found = {row["study"] for row in rows("sessions", token(place.person))}
        return browser.get(talk).status_code, Client().get(feed).content.count(b"VEVENT"), found

    assert seen() == (404, 2 * 4, {"walks"})  # only of the cohort they joined by themselves
    session = cohort.sessions.order_by("starts_at")[0]
    file = reverse("session_ics", args=[session.public_id])
    assert browser.get(file).headers["Location"] == reverse("agree", args=[cohort.study.slug, cohort.number])
    agreements.agree(place.person, recording=False)
    assert seen() == (200, 2 * 8, {"walks", "ai-at-work"})
    assert browser.get(file).status_code == 200


def test_home_asks_for_the_yes_and_for_nothing_else(place: Enrollment) -> None:
    browser, agree = sign_in(place.person), reverse("agree", args=[place.cohort.study.slug, place.cohort.number])
    page = browser.get(reverse("home")).content.decode()
    assert agree in page
    assert reverse("turns", args=[place.cohort.study.slug, place.cohort.number]) not in page
    browser.post(agree)
    page = browser.get(reverse("home")).content.decode()
    assert agree not in page
    assert reverse("turns", args=[place.cohort.study.slug, place.cohort.number]) in page

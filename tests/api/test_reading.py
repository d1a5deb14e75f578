"""What everybody may read through the API, and what nobody may."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohorts.models import Cohort, Session, Study, Subgroup
from showcase.models import CaseStudy
from showcase.services import case_studies
from tests.people import make_cohort, make_study, sign_in
from tests.showcase.make import post

pytestmark = pytest.mark.django_db
COHORT = "/api/v1/studies/ai-at-work/cohorts/1/"


def get(address: str, client: Client | None = None, **headers: str) -> Any:
    """Ask as nobody; the answer is JSON, sets no cookie and says who may keep it."""
    answer = (client or Client()).get(address, headers=headers)
    assert answer.headers["Content-Type"] in ("application/json", "application/problem+json"), answer.content
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    return answer


def rows(address: str) -> list[Any]:
    return get(address).json()["results"]


def test_studies_one_and_all(study: Study, other_host: Any) -> None:
    make_study(other_host, slug="essays", title="Essays", language="en", for_whom="Writers\n\nReaders")
    make_study(other_host, slug="not-yet", title="SECRET", state=Study.State.DRAFT)
    assert [one["slug"] for one in rows("/api/v1/studies/")] == ["essays", "ai-at-work"]
    assert [one["slug"] for one in rows("/api/v1/studies/?language=ko")] == ["ai-at-work"]
    one = get("/api/v1/studies/essays/").json()
    assert one["for_whom"] == ["Writers", "Readers"]
    assert one["url"].endswith("/studies/essays/")
    assert "id" not in one
    assert get("/api/v1/studies/not-yet/").status_code == 404


def test_cohorts_with_price_and_seats(cohort: Cohort, member: Any) -> None:
    one = get(COHORT).json()
    assert one["price"] == {"amount": 150_000, "currency": "KRW"}
    assert one["seats"] == {"capacity": 6, "free": 5, "waiting": 0}
    assert (one["study"], one["number"], one["state"], one["joinable"]) == ("ai-at-work", 1, "open", True)
    assert datetime.datetime.fromisoformat(one["closes_at"]).utcoffset() is not None
    assert rows("/api/v1/studies/ai-at-work/cohorts/") == [one]


def test_cohorts_by_state_language_and_free_seats(cohort: Cohort, other_host: Any) -> None:
    full = make_cohort(make_study(other_host, slug="essays", language="en"), capacity=1)
    full.seats.taken = 1
    full.seats.save()
    make_cohort(cohort.study, state=Cohort.State.FINISHED)
    make_cohort(cohort.study, state=Cohort.State.DRAFT, opened_at=None)
    names = {
        query: {(one["study"], one["number"]) for one in rows(f"/api/v1/cohorts/{query}")}
        for query in ("", "?state=finished", "?language=en", "?free=true", "?free=false", "?state=open&free=true")
    }
    first, over, english = ("ai-at-work", 1), ("ai-at-work", 2), ("essays", 1)
    assert names == {
        "": {first, over, english},
        "?state=finished": {over},
        "?language=en": {english},
        "?free=true": {first, over},
        "?free=false": {english},
        "?state=open&free=true": {first},
    }
    assert rows("/api/v1/studies/essays/cohorts/?state=finished") == []


def test_drafts_are_not_there(cohort: Cohort) -> None:
    make_cohort(cohort.study, state=Cohort.State.DRAFT, opened_at=None)
    for rest in ("", "subgroups/", "sessions/"):
        assert get(f"{COHORT}{rest}").status_code == 200
        assert get(f"/api/v1/studies/ai-at-work/cohorts/2/{rest}").status_code == 404


def test_subgroups_and_sessions_hide_where_they_meet(cohort: Cohort, partner: Any, member: Any) -> None:
    group = cohort.subgroups.first()
    Subgroup.objects.filter(pk=group.pk).update(link="https://meet.example.com/group")
    inside = Session.objects.create(
        cohort=cohort, subgroup=group, number=1, starts_at=cohort.sessions.first().starts_at, minutes=60, turns=3
    )
    first, second = rows(f"{COHORT}subgroups/")
    assert (first["position"], first["weekday"], first["meets_at"], first["free"]) == (0, 4, "21:00:00", 2)
    assert (first["partner"], second["partner"]) == ({"name": "한상우"}, None)
    sessions = rows(f"{COHORT}sessions/")
    assert [one["number"] for one in sessions] == [1, 2, 3, 4]
    assert sessions[0]["starts_at"].endswith("T20:00:00+09:00")
    assert inside.public_id not in {one["id"] for one in sessions}
    for known in (Client(), sign_in(member)):
        for rest in ("", "subgroups/", "sessions/"):
            text = get(f"{COHORT}{rest}", known).content.decode()
            assert "meet.example" not in text
            assert "chat.example" not in text
            assert "반가워요" not in text


def test_case_studies_that_are_out_for_everybody(cohort: Cohort, member: Any, stranger: Any) -> None:
    place = cohort.enrollments.get(person=member)
    public = post(member, enrollment_id=place.pk, title="인쇄소 견적", recipe={"tools": ["ChatGPT 5"]})
    remix = post(stranger, parent=public, title="Quotes", language="en")
    post(member, out=False, title="SECRET")
    inside = post(member, title="SECRET", visibility="cohort", enrollment_id=place.pk)
    assert [one["id"] for one in rows("/api/v1/case-studies/")] == [remix.public_id, public.public_id]
    assert [one["id"] for one in rows("/api/v1/case-studies/?language=en")] == [remix.public_id]
    assert [one["id"] for one in rows("/api/v1/case-studies/?study=ai-at-work")] == [public.public_id]
    one = get(f"/api/v1/case-studies/{public.public_id}/").json()
    assert one["cohort"] == {"study": "ai-at-work", "number": 1}
    assert one["recipe"]["tools"] == ["ChatGPT 5"]
    assert [link["title"] for link in one["remixes"]] == ["Quotes"]
    assert get(f"/api/v1/case-studies/{remix.public_id}/").json()["parent"]["id"] == public.public_id
    assert get(f"/api/v1/case-studies/{inside.public_id}/", sign_in(member)).status_code == 404
    case_studies.remove(public, member)
    assert get(f"/api/v1/case-studies/{public.public_id}/").status_code == 410
    assert get(f"/api/v1/case-studies/{remix.public_id}/").json()["parent"] is None


def test_pages_go_on_by_cursor_while_posts_come(member: Any) -> None:
    made = [post(member, title=f"글 {n}").public_id for n in range(5)]
    first = get("/api/v1/case-studies/?limit=2").json()
    assert first["previous"] is None
    post(member, title="방금 쓴 글")
    seen, answer = [one["id"] for one in first["results"]], first
    while answer["next"]:
        answer = get(answer["next"]).json()
        seen += [one["id"] for one in answer["results"]]
    assert seen == list(reversed(made))
    assert get("/api/v1/case-studies/?cursor=cD1uZXZlcg==").status_code == 404  # p=never
    assert get("/api/v1/studies/?cursor=cD0lMDA=").status_code == 404


def test_queries_do_not_grow(cohort: Cohort, member: Any) -> None:
    place = cohort.enrollments.get(person=member)
    first = post(member, enrollment_id=place.pk)
    addresses = ("studies/", "cohorts/", "case-studies/", f"case-studies/{first.public_id}/")
    addresses += tuple(f"studies/ai-at-work/cohorts/1/{rest}" for rest in ("", "subgroups/", "sessions/"))
    few = _costs(addresses)
    for n in range(4):
        post(member, parent=first, title=f"더 {n}", enrollment_id=place.pk)
        make_cohort(make_study(cohort.study.payee, slug=f"more-{n}"))
        cohort.subgroups.create(position=9 + n, topic="더", weekday=1, meets_at="21:00", capacity=3)
    assert _costs(addresses) == few
    assert max(few) <= 3, few


def _costs(addresses: tuple[str, ...]) -> list[int]:
    found = []
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert get(f"/api/v1/{address}").status_code == 200
        found.append(len(queries))
    return found


def test_public_answers_may_be_kept_a_minute(cohort: Cohort) -> None:
    for address in ("/api/v1/studies/", COHORT, f"{COHORT}sessions/"):
        assert get(address).headers["Cache-Control"] == "public, max-age=60"
        assert get(address, **{"accept-language": "en"}).content == get(address).content
    assert get("/api/v1/studies/nothing/").headers["Cache-Control"] == "private, no-store"


def test_a_removed_study_does_not_come_back_through_its_posts(cohort: Cohort, member: Any) -> None:
    one = post(member, enrollment_id=cohort.enrollments.get(person=member).pk)
    Study.objects.update(state=Study.State.RETIRED)
    assert get(f"/api/v1/case-studies/{one.public_id}/").json()["cohort"] is None
    assert CaseStudy.objects.get().is_public

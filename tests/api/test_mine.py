"""One's own places, sessions and turns, with a token; nobody else's."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohorts.models import Cohort, Presentation, Session
from studyplatform.accounts.models import User
from studyplatform.accounts.services import api_tokens
from tests.api.test_problems import problem
from tests.api.test_reading import get
from tests.api.test_tokens import bearer

pytestmark = pytest.mark.django_db


def token(person: User, *scopes: str) -> dict[str, str]:
    """Return the header of a new token of the person's."""
    return bearer(api_tokens.make(person, "test", list(scopes or ("read",)))[1])


def post(address: str, headers: dict[str, str], **body: Any) -> Any:
    return Client().post(address, body, content_type="application/json", headers=headers)


def test_places_are_one_s_own(cohort: Cohort, member: User, stranger: User) -> None:
    [place] = get("/api/v1/me/enrollments/", **token(member)).json()["results"]
    assert (place["study"], place["number"], place["state"]) == ("ai-at-work", 1, "active")
    assert place["price"] == {"amount": 150_000, "currency": "KRW"}
    assert get("/api/v1/me/enrollments/", **token(stranger)).json()["results"] == []
    assert get("/api/v1/me/enrollments/").status_code == 401


def test_the_calendar_holds_one_s_sessions_and_no_meeting_link(cohort: Cohort, member: User, stranger: User) -> None:
    for group in cohort.subgroups.all():
        start = cohort.sessions.filter(subgroup=None).last().starts_at
        Session.objects.create(cohort=cohort, subgroup=group, number=1, starts_at=start, minutes=60, turns=3)
    answer = get("/api/v1/me/sessions/", **token(member))
    rows = answer.json()["results"]
    assert [row["subgroup"] for row in rows if row["subgroup"]] == ["소모임 1"]
    assert len(rows) == 5
    assert b"meet.example" not in answer.content
    assert rows[0]["enter_url"].endswith(f"/c/ai-at-work/1/sessions/{rows[0]['id']}/enter/")
    assert get("/api/v1/me/sessions/", **token(stranger)).json()["results"] == []


def test_a_turn_is_taken_once_and_passed_on(cohort: Cohort, member: User, stranger: User) -> None:
    session = cohort.sessions.first()
    take, pass_on = f"/api/v1/sessions/{session.public_id}/turn/", f"/api/v1/sessions/{session.public_id}/turn/pass/"
    assert post(take, token(stranger, "join")).status_code == 404
    problem(post(take, token(member, "read")), 403, "permission_denied")
    assert not Presentation.objects.exists()
    key = token(member, "join", "read")
    taken = post(take, key)
    assert (taken.status_code, taken.json()["position"], taken.json()["state"]) == (201, 1, "claimed")
    assert problem(post(take, key), 409, "already")["detail"]
    [turn] = get("/api/v1/me/turns/", **key).json()["results"]
    assert turn["session"]["id"] == session.public_id
    body = problem(post(pass_on, key), 422, "invalid")
    assert [error["field"] for error in body["errors"]] == ["reason"]
    assert post(pass_on, token(stranger, "join"), reason="x").status_code == 404
    assert post(pass_on, key, reason="출장이 생겼어요.").status_code == 201
    assert Presentation.objects.get().state == "passed"
    assert get("/api/v1/me/turns/", **key).json()["results"] == []


def test_who_prepares_a_session_takes_no_turn_in_it(cohort: Cohort, partner: User) -> None:
    take = f"/api/v1/sessions/{cohort.sessions.first().public_id}/turn/"
    problem(post(take, token(partner, "join")), 403, "not_member")
    assert not Presentation.objects.exists()


def test_what_is_no_json_is_said_so(cohort: Cohort, member: User) -> None:
    address = f"/api/v1/sessions/{cohort.sessions.first().public_id}/turn/pass/"
    key = token(member, "join", "read")
    post(address.removesuffix("pass/"), key)
    problem(Client().post(address, "{", content_type="application/json", headers=key), 400, "parse_error")
    problem(Client().post(address, {"reason": "x"}, headers=key), 415, "unsupported_media_type")


def test_queries_do_not_grow(cohort: Cohort, member: User) -> None:
    key = token(member)
    addresses = [f"/api/v1/me/{name}/" for name in ("enrollments", "sessions", "turns")]
    few = [_cost(address, key) for address in addresses]
    for session in cohort.sessions.all():
        Presentation.objects.create(session=session, enrollment=cohort.enrollments.get(), position=1)
    assert [_cost(address, key) for address in addresses] == few


def _cost(address: str, key: dict[str, str]) -> int:
    get(address, **key)  # notes the token's use
    with CaptureQueriesContext(connection) as queries:
        assert get(address, **key).status_code == 200
    return len(queries)

"""Personal tokens: made on one's own page, shown once, kept as a hash, revoked; they open what they allow."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from studyplatform.accounts.models import ApiToken
from studyplatform.accounts.services import api_tokens
from tests.api.test_problems import problem
from tests.api.test_reading import get
from tests.people import sign_in

pytestmark = pytest.mark.django_db
ASKED = {"name": "내 달력", "scopes": ["read", "join"], "days": "30"}
WORDS = re.compile(r'<code id="token">([2-9a-z]{32})</code>')


def bearer(words: str) -> dict[str, str]:
    return {"authorization": f"Bearer {words}"}


def me(words: str) -> Any:
    return get("/api/v1/me/", **bearer(words))


def test_made_on_the_page_and_shown_once(member: Any) -> None:
    browser = sign_in(member)
    page = browser.post("/account/api/", ASKED).content.decode()
    [words] = WORDS.findall(page)
    token = ApiToken.objects.get()
    assert (token.person, token.scopes) == (member, ["read", "join"])
    assert words not in token.hash
    again = browser.get("/account/api/").content.decode()
    assert "내 달력" in again
    assert words not in again
    assert me(words).json() == {
        "name": "배소라",
        "language": "ko",
        "time_zone": "Asia/Seoul",
        "scopes": ["read", "join"],
    }
    assert me(words).headers["Cache-Control"] == "private, no-store"


def test_a_token_that_may_do_nothing_is_not_made(member: Any) -> None:
    answer = sign_in(member).post("/account/api/", {"name": "x", "scopes": []})
    page = answer.content.decode()
    assert '<fieldset class="field has-error" id="id_scopes"' in page, "what it may do is one group of boxes"
    assert '<li><a href="#id_scopes">' in page, "and named above the form"
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_revoked_ended_wrong_and_none(member: Any, stranger: Any) -> None:
    token, words = api_tokens.make(member, "a", ["read"], days=30)
    assert me(words).status_code == 200
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=31)):
        problem(me(words), 401, "authentication_failed")
    assert sign_in(stranger).post(f"/account/api/{token.pk}/revoke/").status_code == 404
    assert me(words).status_code == 200
    sign_in(member).post(f"/account/api/{token.pk}/revoke/")
    problem(me(words), 401, "authentication_failed")
    problem(get("/api/v1/studies/", **bearer("guessed")), 401, "authentication_failed")
    problem(get("/api/v1/me/"), 401, "not_authenticated")
    assert get("/api/v1/me/").headers["WWW-Authenticate"] == "Bearer"


def test_a_session_opens_nothing_and_somebody_inactive_neither(member: Any) -> None:
    assert sign_in(member).get("/api/v1/me/").status_code == 401
    _token, words = api_tokens.make(member, "a", ["read"])
    assert me(words).status_code == 200
    member.is_active = False
    member.save()
    assert me(words).status_code == 401


def test_what_a_token_does_not_allow(member: Any) -> None:
    _token, words = api_tokens.make(member, "a", ["join"])
    problem(me(words), 403, "permission_denied")


def test_use_is_noted_at_most_once_a_minute(member: Any, django_assert_num_queries: Any) -> None:
    _token, words = api_tokens.make(member, "a", ["read"])
    now = datetime.datetime.now(datetime.UTC)
    with time_machine.travel(now, tick=False):
        with django_assert_num_queries(2):
            me(words)
        with django_assert_num_queries(1):
            me(words)
    with time_machine.travel(now + datetime.timedelta(seconds=61), tick=False), django_assert_num_queries(2):
        me(words)


@pytest.mark.usefixtures("still_clock")
def test_each_token_has_its_own_measure(member: Any, stranger: Any, settings: Any) -> None:
    _one, first = api_tokens.make(member, "a", ["read"])
    _two, second = api_tokens.make(stranger, "a", ["read"])
    settings.API_PER_MINUTE = 3
    clients = [Client(REMOTE_ADDR=f"192.0.2.{n}") for n in range(5)]
    assert [get("/api/v1/me/", one, **bearer(first)).status_code for one in clients] == [200] * 3 + [429] * 2
    assert get("/api/v1/me/", clients[0], **bearer(second)).status_code == 200


def test_a_person_has_only_so_many(member: Any) -> None:
    for n in range(api_tokens.MOST):
        api_tokens.make(member, str(n), ["read"])
    assert sign_in(member).post("/account/api/", ASKED).status_code == 422
    assert ApiToken.objects.count() == api_tokens.MOST

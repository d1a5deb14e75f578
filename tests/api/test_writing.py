"""Writing with a token: drafts, saves that never overwrite, publishing; for the author alone."""

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from cohorts.models import Cohort, Presentation
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from tests.api.test_mine import post, token
from tests.api.test_problems import problem
from tests.api.test_reading import get
from tests.showcase import make

pytestmark = pytest.mark.django_db
MINE = "/api/v1/me/case-studies/"


def patch(address: str, key: dict[str, str], **body: Any) -> Any:
    return Client().patch(address, body, content_type="application/json", headers=key)


def delete(address: str, key: dict[str, str]) -> Any:
    return Client().delete(address, headers=key)


def test_a_draft_is_begun_saved_and_published(cohort: Cohort, member: User) -> None:
    turn, key = make.turn(member, cohort), token(member, "write", "read")
    recipe = {"tools": ["ChatGPT 5"], "steps": ["찍는다", "붙여 넣는다"], "failed": "손글씨"}
    session = turn.session.public_id
    answer = post(MINE, key, title="영수증", html=make.BODY, recipe=recipe, session=session, field="finance")
    begun = answer.json()
    assert (answer.status_code, begun["state"], begun["version"]) == (201, "draft", 1)
    assert (begun["recipe"], begun["session"]) == (recipe, session)
    mine = f"{MINE}{begun['id']}/"
    saved = patch(mine, key, version=1, title="영수증 1,200장").json()
    assert (saved["title"], saved["html"], saved["recipe"]) == ("영수증 1,200장", begun["html"], recipe)
    public = f"/api/v1/case-studies/{begun['id']}/"
    assert get(public).status_code == 404
    assert post(f"{mine}publication/", key).json()["state"] == "published"
    assert get(public).json()["title"] == "영수증 1,200장"
    assert Presentation.objects.get().state == "ready"


def test_readers_see_a_change_only_once_it_is_published(member: User) -> None:
    key = token(member, "write", "read")
    row = make.post(member, title="먼저")
    mine, public = f"{MINE}{row.public_id}/", f"/api/v1/case-studies/{row.public_id}/"
    changed = patch(mine, key, version=row.version, title="나중").json()
    assert (changed["title"], changed["pending"], get(public).json()["title"]) == ("나중", True, "먼저")
    post(f"{mine}publication/", key)
    assert (get(mine, **key).json()["pending"], get(public).json()["title"]) == (False, "나중")
    assert delete(f"{mine}publication/", key).status_code == 204
    assert get(public).status_code == 404
    problem(delete(f"{mine}publication/", key), 409, "not_out")
    assert delete(mine, key).status_code == 204
    problem(get(mine, **key), 404, "not_found")


def test_a_save_over_somebody_else_s_is_refused_with_what_stands_there(member: User) -> None:
    key, row = token(member, "write"), make.post(member, out=False, title="처음")
    mine = f"{MINE}{row.public_id}/"
    assert patch(mine, key, version=row.version, title="둘째").status_code == 200
    body = problem(patch(mine, key, version=row.version, title="셋째"), 409, "changed")
    assert (body["current"]["title"], body["current"]["version"]) == ("둘째", row.version + 1)
    assert CaseStudy.objects.get().title == "둘째"
    assert patch(mine, key, version=body["current"]["version"], title="셋째").status_code == 200
    body = problem(patch(mine, key, title="넷째"), 422, "invalid")
    assert [error["field"] for error in body["errors"]] == ["version"]


def test_only_the_author_writes_and_only_with_the_scope(cohort: Cohort, member: User, stranger: User) -> None:
    row = make.post(member, out=False)
    mine = f"{MINE}{row.public_id}/"
    for key, status in ((token(stranger, "write", "read"), 404), (token(member, "read", "join"), 403), ({}, 401)):
        for answer in (
            patch(mine, key, version=1, title="남의 글"),
            delete(mine, key),
            post(f"{mine}publication/", key),
            delete(f"{mine}publication/", key),
            Client().post(f"{mine}pictures/", {"picture": _picture()}, headers=key),
        ):
            assert answer.status_code == status
    assert CaseStudy.objects.get().title == row.title
    assert get(MINE, **token(stranger)).json()["results"] == []
    assert [one["id"] for one in get(f"{MINE}?state=draft", **token(member)).json()["results"]] == [row.public_id]


def test_what_is_not_one_s_own_or_cannot_be_read_is_named_by_field(cohort: Cohort, member: User, host: User) -> None:
    key = token(member, "write")
    secret = make.post(host, out=False)
    for sent, field in (
        ({"remix_of": secret.public_id}, "remix_of"),
        ({"session": cohort.sessions.first().public_id}, "session"),
        ({"enrollment": "guessed"}, "enrollment"),
        ({"recipe": {"tools": ["x"] * 41}}, "recipe.tools"),
        ({"title": "가" * 91}, "title"),
    ):
        body = post(MINE, key, **sent).json()
        assert (body["status"], [error["field"] for error in body["errors"]]) == (422, [field]), body
    assert CaseStudy.objects.count() == 1
    begun = post(MINE, key, visibility="cohort", enrollment=None).json()
    body = problem(post(f"{MINE}{begun['id']}/publication/", key), 422, "refused")
    assert [error["field"] for error in body["errors"]] == ["title"]


def test_a_remix_keeps_its_parent_s_credit(member: User, stranger: User) -> None:
    parent = make.post(member, title="먼저")
    begun = post(MINE, token(stranger, "write"), remix_of=parent.public_id, title="이어서").json()
    assert (begun["remix_of"], begun["credit"]) == (parent.public_id, f"{member.name}, 먼저")


def test_hostile_html_is_made_safe(member: User) -> None:
    begun = post(MINE, token(member, "write"), title="<b>", html="<p>좋아요<script>alert(1)</script></p>").json()
    assert begun["html"] == "<p>좋아요</p>"
    assert begun["title"] == "<b>"


def test_a_picture_is_kept_and_named(member: User) -> None:
    key, row = token(member, "write", "read"), make.post(member, out=False)
    address = f"{MINE}{row.public_id}/pictures/"
    stored = Client().post(address, {"picture": _picture(), "alt": "영수증"}, headers=key)
    assert (stored.status_code, stored.json()["alt"], stored.json()["width"]) == (201, "영수증", 3)
    src = stored.json()["src"]
    saved = patch(f"{MINE}{row.public_id}/", key, version=row.version, html=f'<p>봐요</p><img src="{src}" alt="">')
    assert src in saved.json()["html"]
    broken = io.BytesIO(b"no picture")
    broken.name = "a.png"
    body = problem(Client().post(address, {"picture": broken}, headers=key), 422, "refused")
    assert [error["field"] for error in body["errors"]] == ["picture"]
    problem(post(address, key), 415, "unsupported_media_type")


def _picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "PNG")
    file.seek(0)
    file.name = "a.png"
    return file

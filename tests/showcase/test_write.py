"""Writing: nothing begins by looking, nothing typed is lost, nothing of others is touched."""

from typing import Any

import pytest
from django.test import Client

from cohorts.models import Cohort
from showcase.models import CaseStudy
from showcase.services import case_studies
from studyplatform.accounts.models import User
from tests.people import sign_in
from tests.showcase.make import autosave, filled, fresh, place, post, turn

pytestmark = pytest.mark.django_db


def test_looking_at_an_empty_editor_makes_no_draft(member: User) -> None:
    browser = sign_in(member)
    fresh(browser)
    assert not CaseStudy.objects.exists()
    assert Client().get("/showcase/new/").status_code == 302


def test_the_first_words_begin_a_draft_and_only_once(member: User) -> None:
    browser = sign_in(member)
    public_id, token = fresh(browser)
    first = autosave(browser, public_id, title="ㅇ", fresh=token, version=1, stamp="win:1")
    assert first.status_code == 200, first.content
    again = autosave(browser, public_id, title="영수", fresh=token, version=1, stamp="win:2")
    assert again.status_code == 200
    row = CaseStudy.objects.get()
    assert (row.public_id, row.title, row.state, row.author) == (public_id, "영수", "draft", member)


def test_a_stranger_cannot_begin_save_see_or_use_a_draft(member: User, stranger: User) -> None:
    public_id, token = fresh(sign_in(member))
    other = sign_in(stranger)
    assert autosave(other, public_id, fresh=token).status_code == 404
    assert autosave(other, public_id).status_code == 404
    row = post(member, out=False)
    for address in ("edit", "preview", "remix"):
        assert other.get(f"/showcase/{row.public_id}/{address}/").status_code == 404
        assert sign_in(member).get(f"/showcase/{row.public_id}/{address}/").status_code == 200
    assert other.post(f"/showcase/{row.public_id}/edit/", filled(version=1)).status_code == 404
    assert autosave(other, row.public_id, version=1).status_code == 404
    assert other.post(f"/showcase/{row.public_id}/pictures/").status_code == 404
    assert autosave(Client(), row.public_id, version=1).status_code == 302
    row.refresh_from_db()
    assert row.version == 1


def test_two_windows_overwrite_nothing(member: User) -> None:
    browser, row = sign_in(member), post(member, out=False)
    assert autosave(browser, row.public_id, title="이 창에서", version=1, stamp="here:1").json()["version"] == 2
    refused = autosave(browser, row.public_id, title="저 창에서", version=1, stamp="there:1")
    assert refused.status_code == 409
    assert refused.json()["theirs"]["title"] == "이 창에서"
    row.refresh_from_db()
    assert row.title == "이 창에서"
    decided = autosave(browser, row.public_id, title="저 창에서", version=2, stamp="there:2")
    assert decided.status_code == 200
    row.refresh_from_db()
    assert row.title == "저 창에서"


def test_a_save_whose_answer_was_lost_is_no_conflict(member: User) -> None:
    browser, row = sign_in(member), post(member, out=False)
    autosave(browser, row.public_id, title="하나", version=1, stamp="here:1")
    newer = autosave(browser, row.public_id, title="하나 둘", version=1, stamp="here:2")
    assert newer.status_code == 200
    late = autosave(browser, row.public_id, title="하나", version=1, stamp="here:1")
    assert late.status_code == 200
    row.refresh_from_db()
    assert row.title == "하나 둘"


def test_without_script_a_conflict_keeps_what_was_typed_and_shows_the_other(member: User) -> None:
    browser, row = sign_in(member), post(member, out=False)
    autosave(browser, row.public_id, title="이 창에서", version=1, stamp="here:1")
    page = browser.post(f"/showcase/{row.public_id}/edit/", filled(title="저 창에서", version=1))
    assert page.status_code == 409
    assert "저 창에서" in page.content.decode()
    assert "이 창에서" in page.content.decode()
    assert 'name="version" value="2"' in page.content.decode()


def test_what_is_wrong_is_said_beside_the_field_and_typed_text_stays(member: User) -> None:
    browser, row = sign_in(member), post(member, out=False)
    long = "가" * 91
    assert "title" in autosave(browser, row.public_id, title=long, version=1).json()["errors"]
    page = browser.post(f"/showcase/{row.public_id}/edit/", filled(title=long, version=1))
    assert page.status_code == 422
    assert long in page.content.decode()
    page = browser.post(f"/showcase/{row.public_id}/edit/", filled(title="", version=1, do="publish"))
    assert page.status_code == 422
    assert page.context["form"].errors["title"]
    row.refresh_from_db()
    assert row.state == "draft"


def test_plain_text_boxes_do_the_job_without_script(member: User) -> None:
    browser = sign_in(member)
    _public_id, token = fresh(browser)
    sent = filled(
        html="첫 문단\r\n\r\n둘째 <script>", tools="엑셀 2024\r\n\r\n휴대폰", steps="찍기\r\n옮기기", fresh=token
    )
    assert browser.post("/showcase/new/", {**sent, "do": "publish"}).status_code == 302
    row = CaseStudy.objects.get()
    assert row.html == "<p>첫 문단</p><p>둘째 &lt;script&gt;</p>"
    assert row.recipe == {"tools": ["엑셀 2024", "휴대폰"], "steps": ["찍기", "옮기기"]}
    assert row.state == "published"


def test_a_post_that_is_out_changes_only_on_update(member: User, django_capture_on_commit_callbacks: Any) -> None:
    browser, row = sign_in(member), post(member)
    address = row.get_absolute_url()
    assert autosave(browser, row.public_id, title="새 제목", version=1, stamp="here:1").json()["pending"]
    assert "새 제목" not in Client().get(address).content.decode()
    assert "새 제목" in browser.get(f"/showcase/{row.public_id}/edit/").content.decode()
    assert "새 제목" in browser.get(f"/showcase/{row.public_id}/preview/").content.decode()
    row.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"/showcase/{row.public_id}/edit/", filled(title="새 제목", version=row.version, do="update"))
    row.refresh_from_db()
    assert (row.title, row.pending) == ("새 제목", None)
    assert row.edited_at
    moved = Client().get(address)
    assert (moved.status_code, moved["Location"]) == (301, row.get_absolute_url())


def test_pending_changes_can_be_forgotten(member: User) -> None:
    browser, row = sign_in(member), post(member)
    autosave(browser, row.public_id, title="새 제목", version=1, stamp="here:1")
    row.refresh_from_db()
    case_studies.discard(row)
    row.refresh_from_db()
    assert (row.pending, row.title) == (None, "사흘 걸리던 부가세 정리, 반나절에")


def test_only_own_turns_and_cohorts_can_be_chosen(member: User, cohort: Cohort, host: User) -> None:
    browser, own = sign_in(member), turn(member, cohort)
    public_id, token = fresh(browser)
    page = browser.get("/showcase/new/")
    assert page.context["form"]["place"].value() == f"turn:{own.pk}"
    foreign = place(member, cohort).pk + 1000
    assert "place" in autosave(browser, public_id, fresh=token, place=f"cohort:{foreign}").json()["errors"]
    assert autosave(browser, public_id, fresh=token, place=f"turn:{own.pk}", stamp="w:1").status_code == 200
    second, token = fresh(browser)
    assert "place" in autosave(browser, second, fresh=token, place=f"turn:{own.pk}").json()["errors"]


def test_a_remix_keeps_credit_and_recipe(member: User, stranger: User) -> None:
    parent = post(member, recipe={"tools": ["엑셀 2024"], "result": "반나절"})
    browser = sign_in(stranger)
    public_id, token = fresh(browser, f"/showcase/{parent.public_id}/remix/")
    assert autosave(browser, public_id, fresh=token, tools="엑셀 2024", stamp="w:1").status_code == 200
    child = CaseStudy.objects.get(public_id=public_id)
    assert (child.parent, child.credit) == (parent, "배소라, 사흘 걸리던 부가세 정리, 반나절에")
    case_studies.remove(parent, member)
    child.refresh_from_db()
    assert "배소라" in child.credit

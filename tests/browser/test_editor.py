"""The editor in a real browser: Korean typing, a lost connection, two windows, pasted pictures, hostile text."""

import base64
import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from showcase.models import CaseStudy, Picture
from studyplatform.accounts.models import User
from tests.showcase.make import post
from tests.showcase.test_sanitise import HOSTILE

pytestmark = pytest.mark.django_db(transaction=True)

PASTE_PICTURE = """(data) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([bytes], "사진.png", { type: "image/png" }));
  const event = new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true });
  document.querySelector(".ProseMirror").dispatchEvent(event);
}"""
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"


@pytest.fixture
def reading(browse: Callable[..., BrowserContext], member: User) -> BrowserContext:
    """A browser in which the member is signed in; without the worker, whose requests no test can cut off."""
    return browse(member, service_workers="block")


def editor(context: BrowserContext, address: str = "/showcase/new/") -> Page:
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-writer=ready]")
    return page


def saved(page: Page) -> None:
    expect(page.locator("[data-save-state]")).to_contain_text(":", timeout=8000)


def test_typing_korean_saves_after_the_syllable_not_within_it(reading: BrowserContext) -> None:
    page = editor(reading)
    keys = reading.new_cdp_session(page)
    page.click(".ProseMirror")
    for part in ("ㅎ", "하", "한"):
        keys.send("Input.imeSetComposition", {"text": part, "selectionStart": 1, "selectionEnd": 1})
    page.wait_for_timeout(4000)
    assert not CaseStudy.objects.exists()
    keys.send("Input.insertText", {"text": "한"})
    saved(page)
    assert CaseStudy.objects.get().html == "<p>한</p>"
    assert "/edit/" in page.url


def test_words_typed_without_a_connection_survive_a_crash(reading: BrowserContext) -> None:
    page = editor(reading)
    page.fill("[name=title]", "먼저 저장된 제목")
    saved(page)
    address = page.url
    reading.set_offline(True)
    page.fill("[name=summary]", "연결이 끊긴 다음에 쓴 말")
    page.wait_for_timeout(300)
    page.evaluate("() => { window.fetch = () => Promise.reject(); }")  # what is sent while it closes may get through
    page.close(run_before_unload=False)
    reading.set_offline(False)
    page = editor(reading, address)
    assert page.input_value("[name=summary]") == ""
    page.click("[data-restore-yes]")
    assert page.input_value("[name=summary]") == "연결이 끊긴 다음에 쓴 말"
    saved(page)
    assert CaseStudy.objects.get().summary == "연결이 끊긴 다음에 쓴 말"
    assert page.evaluate(KEPT) == 0


def test_two_windows_show_both_versions(reading: BrowserContext, member: User) -> None:
    row = post(member, out=False)
    address = f"/showcase/{row.public_id}/edit/"
    one, other = editor(reading, address), editor(reading, address)
    one.fill("[name=title]", "이 창의 제목")
    one.locator("[name=title]").blur()
    saved(one)
    other.fill("[name=title]", "저 창의 제목")
    other.locator("[name=title]").blur()
    expect(other.locator("[data-conflict]")).to_be_visible()
    assert "이 창의 제목" in other.inner_text("[data-theirs]")
    assert CaseStudy.objects.get().title == "이 창의 제목"
    other.click("[data-keep-mine]")
    saved(other)
    assert CaseStudy.objects.get().title == "저 창의 제목"


def test_a_pasted_picture_stands_in_the_text(reading: BrowserContext) -> None:
    page, out = editor(reading), io.BytesIO()
    Image.new("RGB", (80, 50), "#cf4b3f").save(out, "PNG")
    page.click(".ProseMirror")
    page.keyboard.type("여섯 장씩 놓고 찍었어요.")
    page.evaluate(PASTE_PICTURE, base64.b64encode(out.getvalue()).decode())
    page.fill("[data-uploads] input", "까만 종이 위 영수증")
    page.fill("[name=title]", "사진이 있는 글")
    page.locator("[name=title]").blur()
    page.click("button[value=publish]")
    page.wait_for_url("**/home/posts/")
    row, picture = CaseStudy.objects.get(), Picture.objects.get()
    assert (
        f'<img src="/pictures/{picture.public_id}.webp" alt="까만 종이 위 영수증" width="80" height="50">' in row.html
    )
    page.goto(row.get_absolute_url())
    assert page.evaluate("document.querySelector('.prose img').naturalWidth") == 80


def test_hostile_text_runs_nowhere(reading: BrowserContext, member: User) -> None:
    words = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    row = post(member, title=words, summary=words, html="".join(HOSTILE), recipe={"inputs": words, "tools": [words]})
    page, seen = reading.new_page(), []
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda line: seen.append(line.text) if line.type == "error" else None)
    edit = f"/showcase/{row.public_id}/edit/"
    for address in (row.get_absolute_url(), "/showcase/", "/home/posts/", f"/showcase/{row.public_id}/preview/", edit):
        page.goto(address)
        page.wait_for_timeout(300)
    assert seen == []

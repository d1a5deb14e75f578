"""The connection goes away: a page says so, and what was kept; it comes back by itself; nothing of a person stays."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from studyplatform.accounts.models import User
from tests.browser.looking import TOO_WIDE

pytestmark = pytest.mark.django_db(transaction=True)

READY = "navigator.serviceWorker.ready.then((known) => known.active.state)"
KEPT = """async () => {
  const kept = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) kept.push(new URL(request.url).pathname);
  }
  return kept;
}"""


@pytest.fixture
def online(browse: Any, member: User) -> Page:
    """A member's page, with the worker in place."""
    page: Page = browse(member).new_page()
    page.goto("/home/")  # brings the hint that somebody is signed in
    page.goto("/account/")
    page.evaluate(READY)
    return page


def test_a_page_that_cannot_be_fetched_says_so_and_comes_by_itself(online: Page) -> None:
    online.evaluate("localStorage.setItem('draft:1:x', '{}')")
    online.context.set_offline(True)
    online.goto("/home/")
    expect(online.get_by_role("heading", level=1)).to_have_text("연결이 없어요")
    expect(online.locator("[data-kept]")).to_be_visible()
    assert (
        online.evaluate("getComputedStyle(document.querySelector('.btn-primary')).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )
    assert online.evaluate("document.querySelector('.cloth').naturalWidth") > 0
    assert online.evaluate(TOO_WIDE) == 0
    online.goto("/en/showcase/")
    expect(online.get_by_role("heading", level=1)).to_have_text("No connection")
    online.goto("/account/")
    online.context.set_offline(False)
    expect(online.locator("form[action$='/logout/']").last).to_be_attached()
    assert online.url.endswith("/account/")


def test_nothing_typed_means_nothing_said_of_it(online: Page) -> None:
    online.context.set_offline(True)
    online.goto("/home/")
    expect(online.locator("[data-offline]")).to_be_visible()
    expect(online.locator("[data-kept]")).to_be_hidden()


def test_no_page_of_a_person_is_kept(online: Page) -> None:
    for address in ("/home/", "/account/letters/", "/studies/ai-at-work/"):
        online.goto(address)
    kept = online.evaluate(KEPT)
    assert {one for one in kept if not one.startswith("/static/")} == {"/offline/", "/en/offline/"}


def test_a_visitor_needs_no_worker(browse: Any) -> None:
    page = browse().new_page()
    page.goto("/", wait_until="networkidle")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0

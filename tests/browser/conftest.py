"""A real browser for the tests of this folder, and people who use it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from studyplatform.accounts.models import User
from tests.payments.conftest import local_stripe, stripe  # noqa: F401
from tests.people import sign_in

expect.set_options(timeout=20_000)  # a busy machine is no failure
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=os.environ.get("CHROMIUM") or None, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browse(
    chromium: Browser, live_server: Any, settings: Any, tmp_path: Path
) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser of its own for a person, or for a visitor when there is none. Options are Playwright's."""
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = live_server.url
    opened: list[BrowserContext] = []

    def one(person: User | None = None, **options: Any) -> BrowserContext:
        context = chromium.new_context(**{"base_url": live_server.url, "viewport": PHONE, **options})
        opened.append(context)
        if person:
            session = sign_in(person).cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
        return context

    yield one
    for context in opened:
        context.close()

"""The sheet of components: it looks as it did, and holds what the look promises whatever letters a machine has."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from cohorts.models import Cohort
from showcase.models import CaseStudy
from studyplatform.accounts.models import User
from studyplatform.pages import sheet
from tests.browser import shots
from tests.browser.looking import Looker
from tests.showcase.make import post

pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)

SIZES = {"390": {"width": 390, "height": 844}, "1280": {"width": 1280, "height": 900}}
NAMES = {name for name, *_ in sheet.SECTIONS}
OVERLAPS = """() => {
  const boxes = [];
  const walker = document.createTreeWalker(document.querySelector(".sheet"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const one = node.parentElement;
    let clipped = one;
    while (clipped && getComputedStyle(clipped).clipPath === "none") clipped = clipped.parentElement;
    if (clipped || !node.data.trim() || one.closest("svg, select, textarea, .bell b")) continue;
    if (!one.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) if (box.width > 2) boxes.push([box, node.data.trim().slice(0, 30)]);
  }
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > Math.min(a.height, b.height) / 3; // air above letters
  return boxes.flatMap(([a, words], n) =>
    boxes.slice(n + 1).filter(([b]) => over(a, b)).map(([, other]) => `${words} / ${other}`));
}"""


@pytest.fixture
def posts(cohort: Cohort, member: User, settings: Any) -> list[CaseStudy]:
    """Four posts with the same covers in every run; DEBUG, since the sheet is there for who builds."""
    settings.DEBUG = True
    made = [post(member, title=f"사흘 걸리던 부가세 정리 {n}", language="ko") for n in range(4)]
    for n, row in enumerate(made):
        CaseStudy.objects.filter(pk=row.pk).update(public_id=f"sheetpost{n + 2}")
    return made


@pytest.fixture
def opened(browse: Any, posts: list[CaseStudy]) -> Callable[..., Looker]:
    """Open the sheet at a width in a scheme."""

    def one(width: str, scheme: str, **options: Any) -> Looker:
        still = {"reduced_motion": "reduce", "locale": "en-GB", "timezone_id": "Asia/Seoul"}
        return Looker(browse(viewport=SIZES[width], color_scheme=scheme, **still, **options)).open("/ui/")

    return one


def drawn(page: Page) -> dict[str, Any]:
    page.evaluate("document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })")
    page.wait_for_function("() => [...document.images].every((one) => one.complete)")
    return shots.parts(page)


def test_it_is_for_those_who_build(posts: list[CaseStudy], client: Client, settings: Any) -> None:
    assert client.get("/ui/").status_code == 200
    settings.DEBUG = False
    assert client.get("/ui/").status_code == 404


@pytest.mark.parametrize("width", SIZES)
def test_it_looks_as_it_did(opened: Any, chromium: Browser, width: str) -> None:
    differs = []
    for scheme in ("light", "dark"):
        page = opened(width, scheme).page
        if not shots.known_here(shots.SHEET, chromium, page):
            pytest.skip(f"the pictures were drawn by another browser or with other letters: {shots.SHEET}/machine.json")
        pictures = drawn(page)
        assert set(pictures) == NAMES
        differs += [shots.compare(shots.SHEET, f"{name}-{width}-{scheme}", one) for name, one in pictures.items()]
    found = [words for words in differs if words]
    assert not found, "\n".join(
        [
            *found,
            f"The new pictures and the differences are in {shots.LEFT}. If they are right:",
            "ACCEPT_PICTURES=1 .venv/bin/python -m pytest tests/browser/test_ui.py",
        ]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_every_component_is_well(opened: Any, width: str, scheme: str) -> None:
    """Nothing for axe, nothing sideways, no words over words, nothing too small to touch, whatever the letters are."""
    looker = opened(width, scheme, has_touch=True, is_mobile=width == "390")
    looker.look().is_easy_to_touch()
    assert looker.page.evaluate(OVERLAPS) == []
    looker.well()


@pytest.mark.parametrize("width", SIZES)
def test_each_section_has_both_schemes(opened: Any, width: str) -> None:
    light, dark = (drawn(opened(width, scheme).page) for scheme in ("light", "dark"))
    same = [name for name in NAMES if shots.alike(light[name], dark[name]) > 0.9]
    assert not same, same


def test_pictures_that_differ_are_noticed(opened: Any, tmp_path: Path) -> None:
    """The comparison itself: a picture is like itself, and not like the same with one component gone."""
    page, left = opened("390", "light").page, tmp_path / "left"
    badges = drawn(page)["badges"]
    badges.save(tmp_path / "badges.webp", quality=shots.QUALITY, method=6)
    assert shots.compare(tmp_path, "badges", badges, left) == ""
    page.evaluate("document.querySelector('#badges .badge-good').style.visibility = 'hidden'")
    assert "differs" in shots.compare(tmp_path, "badges", drawn(page)["badges"], left)
    assert (left / "badges.difference.webp").exists()
    page.evaluate("document.querySelector('#badges .row').remove()")
    assert "was (" in shots.compare(tmp_path, "badges", drawn(page)["badges"], left)

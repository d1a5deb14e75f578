"""Pictures of parts of a page, kept beside the tests: cut out of one shot, half as large, compared with what is kept.

Letters differ between machines, so pictures are compared only where the same browser draws with the same letters;
`machine.json` beside them says with which. See docs/decisions/0010.
"""

import io
import json
import os
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

ACCEPT = bool(os.environ.get("ACCEPT_PICTURES"))
ROOT = Path(__file__).parents[2]
SHEET = Path(__file__).parent / "pictures" / "ui"
LEFT = ROOT / "test-results" / "ui"  # where a failed comparison leaves what it saw; ignored by Git
QUALITY, NOTICED, ALLOWED = 80, 32, 0.0005  # of WebP; of 255; the share of points that may differ
SAMPLE = "가나다라마바사 아자차카 The quick brown fox 0123456789"
WIDTH = """(words) => {
  const probe = document.createElement("span");
  Object.assign(probe, { id: "probe", textContent: words }).style.whiteSpace = "nowrap";
  document.querySelector("main").append(probe);
  return probe.getBoundingClientRect().width.toFixed(2);
}"""
BOXES = """() => Object.fromEntries([...document.querySelectorAll(".sheet > section")].map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  const edge = Math.min(16, left); // what stands out a little is seen too
  return [one.id, [left - edge, top + scrollY, left + width + edge, top + scrollY + height].map(Math.round)];
}))"""


def machine(browser: Browser, page: Page) -> dict[str, Any]:
    """Return what decides how letters look here: the browser, the faces it takes, how wide they run."""
    width = page.evaluate(WIDTH, SAMPLE)
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    root = client.send("DOM.getDocument")["root"]["nodeId"]
    probe = client.send("DOM.querySelector", {"nodeId": root, "selector": "#probe"})
    used = client.send("CSS.getPlatformFontsForNode", {"nodeId": probe["nodeId"]})["fonts"]
    page.evaluate("document.getElementById('probe').remove()")
    faces = sorted(font["postScriptName"] for font in used)
    return {"chromium": browser.version.partition(".")[0], "faces": faces, "width": width}


def known_here(folder: Path, browser: Browser, page: Page) -> bool:
    """Tell whether the kept pictures were drawn by a browser like this one; accepting makes it so."""
    said, here = folder / "machine.json", machine(browser, page)
    if ACCEPT:
        said.parent.mkdir(parents=True, exist_ok=True)
        said.write_text(json.dumps(here, ensure_ascii=False, indent=2) + "\n")
    return bool(json.loads(said.read_text()) == here)


def parts(page: Page) -> dict[str, Image.Image]:
    """Return each section of the sheet as it looks now, half as large."""
    boxes = page.evaluate(BOXES)
    shot = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    return {name: _half(shot.crop(box)) for name, box in boxes.items()}


def _half(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BOX)


def compare(folder: Path, name: str, new: Image.Image, left: Path = LEFT) -> str:
    """Return what differs from the kept picture, in words, or "". What differs is left for somebody to look at."""
    kept, out = folder / f"{name}.webp", io.BytesIO()
    new.save(out, "WEBP", quality=QUALITY, method=6)
    if ACCEPT:
        kept.write_bytes(out.getvalue())
    if not kept.exists():
        return _leave(left, name, new, None, "is not kept")
    old, new = (Image.open(file).convert("RGB") for file in (kept, out))  # both without what WebP loses
    if old.size != new.size:
        return _leave(left, name, new, None, f"was {old.size}, is {new.size}")
    difference = _difference(old, new)
    share = sum(difference.histogram()[NOTICED:]) / (new.width * new.height)
    return _leave(left, name, new, difference, f"{share:.2%} differs") if share > ALLOWED else ""


def _difference(one: Image.Image, other: Image.Image) -> Image.Image:
    """Return how far each point is off, in the colour that is off most."""
    red, green, blue = ImageChops.difference(one, other).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _leave(left: Path, name: str, new: Image.Image, difference: Image.Image | None, words: str) -> str:
    left.mkdir(parents=True, exist_ok=True)
    new.save(left / f"{name}.new.webp", lossless=True)
    if difference:
        difference.point(lambda value: min(255, 4 * value)).save(left / f"{name}.difference.webp")
    return f"{name}: {words}"


def alike(one: Image.Image, other: Image.Image) -> float:
    """Return the share of points in which two pictures do not differ at all."""
    difference = _difference(one, other.resize(one.size))
    return difference.histogram()[0] / (one.width * one.height)

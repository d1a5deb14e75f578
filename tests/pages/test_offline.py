"""Without a connection, and among a phone's programs: what is kept, what is not, and that all of it is there."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

pytestmark = pytest.mark.django_db

CSS = Path("static/css/tokens.css")


def kept(worker: str) -> list[str]:
    pages = json.loads(re.search(r"PAGES = (\{.*\});", worker)[1])  # type: ignore[index]
    return [*pages.values(), *json.loads(re.search(r"DRAWN_WITH = (\[.*\]);", worker)[1])]  # type: ignore[index]


def there(address: str) -> bool:
    if address.startswith("/static/"):
        return bool(finders.find(address.removeprefix("/static/")))
    return Client().get(address).status_code == 200


def test_the_worker_keeps_one_page_and_what_it_is_drawn_with(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    addresses = kept(answer.content.decode())
    assert {one for one in addresses if not one.startswith("/static/")} == {"/offline/", "/en/offline/"}
    assert [one for one in addresses if not there(one)] == []
    page = client.get("/offline/").content.decode()
    drawn = {one for one in re.findall(r'(?:src|href)="(/static/[^"#]+)', page) if "icon-" not in one}
    assert drawn <= set(addresses)


def test_the_page_is_in_the_language_of_its_address_and_not_for_search_engines(client: Client) -> None:
    for address, language in (("/offline/", "ko"), ("/en/offline/", "en")):
        page = client.get(address).content.decode()
        assert f'<html lang="{language}">' in page
        assert 'content="noindex"' in page


def test_a_phone_can_keep_the_site(client: Client) -> None:
    page = client.get("/en/").content.decode()
    answer = client.get(re.search(r'rel="manifest" href="([^"]+)"', page)[1])  # type: ignore[index]
    described = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert described["lang"] == "en"
    assert client.get(described["start_url"]).status_code == 302  # to sign in
    assert f"--paper: light-dark({described['theme_color']}" in CSS.read_text()
    assert {icon["purpose"] for icon in described["icons"]} == {"any", "maskable"}
    for icon in described["icons"]:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as picture:
            assert icon["sizes"] == f"{picture.width}x{picture.height}"


@pytest.mark.parametrize("side", [180, 192, 512])
def test_icons_are_drawn_from_the_mark(side: int) -> None:
    pieces = re.findall(r'fill="#(\w+)" d="M(\d+) (\d+)h(\d+)v(\d+)', Path("static/img/mark.svg").read_text())
    assert len(pieces) == 5
    with Image.open(f"static/img/icon-{side}.png") as picture:
        colours = picture.convert("RGB")
    for dye, *where in pieces:
        x, y, w, h = map(int, where)
        middle = colours.getpixel((int((x + w / 2) * side / 32), int((y + h / 2) * side / 32)))
        assert middle == tuple(bytes.fromhex(dye)), (dye, middle)

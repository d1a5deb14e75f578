"""Follows docs/tour.md: signs in as a chapter says, opens and presses what it says, looks for every word in bold."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

CHAPTER = re.compile(r"^## (?P<title>.*?)(?: \(`(?P<who>\w+)@example\.com`\))?$", re.MULTILINE)
STEP = re.compile(r"open `(?P<open>/\S*)`|press \*\*(?P<press>[^*]+)\*\*|\*\*(?P<see>[^*]+)\*\*", re.IGNORECASE)
TICKED = ("checkbox", "radio")
SILENT = {"script", "style", "template", "svg", "head"}


@dataclass
class Form:
    """A form as a browser would send it when its button is pressed."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """What a person sees of a page: its words, its links, its buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self.buttons: dict[str, tuple[Form, dict[str, str]]] = {}
        self._form, self._label, self._silent = Form("", "get"), "", 0
        self._pressed: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return _plain(" ".join(self.words))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        self._silent += tag in SILENT
        if tag == "form":
            self._form = Form(found.get("action", ""), found.get("method", "get"))
        elif (
            tag == "input"
            and "name" in found
            and (found.get("type") not in ("checkbox", "radio") or "checked" in found)
        ):
            self._form.fields[found["name"]] = found.get("value", "")
        elif tag == "textarea" and "name" in found:
            self._form.fields[found["name"]] = ""
            self._label = found["name"]
        elif tag in ("a", "button"):
            self._pressed.append((tag, found, []))

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT
        if tag == "textarea":
            self._label = ""
        if tag in ("a", "button") and self._pressed:
            _tag, found, words = self._pressed.pop()
            words = _plain(" ".join(words))
            if tag == "a":
                self.links.setdefault(words, found.get("href", ""))
            else:
                own = {found["name"]: found.get("value", "")} if "name" in found else {}
                self.buttons.setdefault(words, (self._form, own))

    def handle_data(self, text: str) -> None:
        if self._label:
            self._form.fields[self._label] += text
        if self._silent or not text.strip():
            return
        self.words.append(text)
        for _tag, _found, words in self._pressed:
            words.append(text)


def _plain(text: str) -> str:
    return " ".join(text.split())


class Reader:
    """Somebody who reads one chapter beside the product."""

    def __init__(self, browser: Client) -> None:
        self.browser, self.address = browser, "/"
        self.page = Page("")

    def open(self, address: str) -> None:
        """Go to an address, and on to where it leads."""
        self._arrive(self.browser.get(address, follow=False), address)

    def press(self, words: str) -> None:
        """Press the link or button with exactly these words."""
        if words in self.page.links:
            return self.open(self._from_here(self.page.links[words]))
        assert words in self.page.buttons, f"nothing says “{words}” on {self.address}: {sorted(self.page.buttons)}"
        form, own = self.page.buttons[words]
        address = self._from_here(form.action)
        send = self.browser.post if form.method.lower() == "post" else self.browser.get
        return self._arrive(send(address, {**form.fields, **own}), address)

    def see(self, words: str) -> None:
        """Find words on the page."""
        assert words in self.page.text, f"“{words}” does not stand on {self.address}: {self.page.text[:1500]}"

    def _from_here(self, address: str) -> str:
        return address.partition("#")[0] or self.address

    def _arrive(self, answer: Any, address: str) -> None:
        if answer.status_code in (301, 302, 303):
            there = urlsplit(answer.headers["Location"])
            if there.netloc not in ("", "testserver"):
                self.page = Page("")  # another site's page: the payment company's
                return
            self.open(there._replace(scheme="", netloc="").geturl())
            return
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        self.address, self.page = address, Page(answer.content.decode())


def chapters(text: str) -> list[tuple[str, str | None, list[re.Match[str]]]]:
    """Return (title, whose, steps) of every chapter."""
    found = list(CHAPTER.finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)]
    return [
        (one["title"], one["who"], list(STEP.finditer(text, one.end(), end)))
        for one, end in zip(found, ends, strict=True)
    ]


def walk(browser: Client, steps: list[re.Match[str]]) -> None:
    """Do what a chapter says, in its order."""
    reader = Reader(browser)
    for step in steps:
        if step["open"]:
            reader.open(step["open"])
        elif step["press"]:
            reader.press(step["press"])
        else:
            reader.see(step["see"])

"""What a browser and a search engine make of a page: its head, its links, its pictures, its data."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse


@dataclass
class Page:
    """A page as read."""

    language: str = ""
    title: str = ""
    headings: list[str] = field(default_factory=list)
    metas: dict[str, str] = field(default_factory=dict)
    canonical: list[str] = field(default_factory=list)
    alternates: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    images: list[dict[str, str | None]] = field(default_factory=list)
    scripts: list[dict[str, str | None]] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)

    @property
    def indexed(self) -> bool:
        """Whether the page lets search engines keep it."""
        return "noindex" not in self.metas.get("robots", "")

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the blocks of data of a type."""
        return [block for block in self.data if block["@type"] == kind]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page, self.inside = Page(), ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        page, value = self.page, {name: one or "" for name, one in found.items()}
        page.elements.append(tag)
        page.handlers += [name for name in found if name.startswith("on") or name == "style"]
        page.links += [value[name] for name in ("href", "src", "action", "formaction") if name in value]
        if tag == "html":
            page.language = value.get("lang", "")
        elif tag == "meta":
            page.metas[value.get("name") or value.get("property", "")] = value.get("content", "")
        elif tag == "link" and value.get("rel") == "canonical":
            page.canonical.append(value["href"])
        elif tag == "link" and "hreflang" in value:
            page.alternates[value["hreflang"]] = value["href"]
        elif tag == "img":
            page.images.append(found)
        elif tag == "script":
            page.scripts.append(found)
        if tag == "h1":
            page.headings.append("")
        if tag in ("title", "h1", "script"):
            self.inside = "data" if value.get("type") == "application/ld+json" else tag

    def handle_endtag(self, tag: str) -> None:
        if tag in ("title", "h1", "script"):
            self.inside = ""

    def handle_data(self, text: str) -> None:
        if self.inside == "title":
            self.page.title += text
        elif self.inside == "h1":
            self.page.headings[-1] += text
        elif self.inside == "data":
            self.page.data.append(json.loads(text))


def read(answer: HttpResponse | str) -> Page:
    """Return a page as read."""
    reader = _Reader()
    reader.feed(answer if isinstance(answer, str) else answer.content.decode())
    reader.close()
    return reader.page

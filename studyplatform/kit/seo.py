"""What search engines and link previews read in the head of a public page (templates/ui/_head.html renders it)."""

import datetime
import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import _json_script_escapes  # type: ignore[attr-defined]
from django.utils.safestring import SafeString, mark_safe

LOCALES = {"ko": "ko_KR", "en": "en_US"}


@dataclass
class Head:
    """One page's head. Addresses are absolute; `alternates` are (language, absolute address, path)."""

    title: str
    description: str
    canonical: str
    picture: str
    kind: str = "website"
    language: str = "ko"
    indexed: bool = True
    published: str = ""
    modified: str = ""
    alternates: list[tuple[str, str, str]] = field(default_factory=list)
    data: list[SafeString] = field(default_factory=list)

    @property
    def locale(self) -> str:
        """The language as Open Graph writes it."""
        return LOCALES.get(self.language, self.language)


def absolute(path: str) -> str:
    """Return a path as an address on the site's own name."""
    return path if path.startswith("http") else f"{settings.SITE_URL}{path}"


def json_ld(data: dict[str, Any]) -> SafeString:
    """Return structured data as a data block, safe for hostile titles; empty values are left out."""
    text = json.dumps({"@context": "https://schema.org", **_filled(data)}, ensure_ascii=False)
    return mark_safe(f'<script type="application/ld+json">{text.translate(_json_script_escapes)}</script>')  # noqa: S308


def _filled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _filled(part) for name, part in value.items() if part not in (None, "", [])}
    if isinstance(value, list):
        return [_filled(part) for part in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if hasattr(value, "__html__") or type(value).__name__ == "__proxy__" else value


def breadcrumbs(*steps: tuple[str, str]) -> SafeString:
    """Return the trail (name, path) as structured data; the same trail stands on the page."""
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
        for place, (name, path) in enumerate(steps, 1)
    ]
    return json_ld({"@type": "BreadcrumbList", "itemListElement": items})


def in_languages(name: str) -> list[tuple[str, str, str]]:
    """Return a site page's address in every language, the default one also as x-default."""
    found = []
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            found.append((code, absolute(reverse(name)), reverse(name)))
    default = next(one for one in found if one[0] == settings.LANGUAGE_CODE)
    return [*found, ("x-default", default[1], default[2])]

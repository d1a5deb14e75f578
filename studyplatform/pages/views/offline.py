"""Without a connection: the page that says so, the worker that shows it, and what a phone needs to keep the site."""

import json
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext

from studyplatform.kit import context, page_cache

DRAWN_WITH = (
    *("css/site.css", "js/theme.js", "js/site.js", "js/offline.js"),
    *("img/mark.svg", "img/icons.svg", "img/missing.svg"),
)
PAPER = "#f7f6f1"  # --paper of static/css/tokens.css
HERE = {"demo_bar": False}  # a bar that is not kept would be drawn without its style


@page_cache.public("texts")
def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no connection, what is kept, and try again."""
    return render(request, "offline.html", HERE)


@page_cache.public("texts")
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker. It keeps the page above in each language, and its drawing, under a name made of its words."""
    pages, words = {}, ""
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            pages[code] = reverse("offline")
            words += render_to_string("offline.html", HERE, request)
    values = {
        "pages": json.dumps(pages),
        "drawn_with": json.dumps([static(name) for name in DRAWN_WITH]),
        "cookie": settings.LANGUAGE_COOKIE_NAME,
        "name": sha256(words.encode()).hexdigest()[:12],
    }
    return render(request, "pages/sw.js", values, content_type="text/javascript; charset=utf-8")


@page_cache.public("texts")
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the site among its programs."""
    name = context.site(request)["site_name"]
    described: dict[str, Any] = {
        "name": name,
        "short_name": name,
        "description": gettext("Learn together, present in turn"),
        "lang": get_language(),
        "id": "/",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": PAPER,
        "background_color": PAPER,
        "icons": [_icon(side, purpose) for side, purpose in ((192, "any"), (512, "any"), (512, "maskable"))],
    }
    return JsonResponse(described, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


def _icon(side: int, purpose: str) -> dict[str, str]:
    return {
        "src": static(f"img/icon-{side}.png"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }

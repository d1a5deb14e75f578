"""Public pages are the same bytes for everybody, so they are kept whole and served without a query.

A key holds the generation of each noun the page shows. It is read before rendering and changed after commit by
the verb that changes the noun, so that a slow render can never store old words under a new key.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from secrets import randbits
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import get_language

KEPT_FOR = 600  # seconds
MINUTE = 60  # for pages that name seats, which come and go by the minute
OUTSIDE = 60  # seconds that browsers and proxies may keep a page
GENERATION_LIFE = 30 * 24 * 3600
KEPT_HEADERS = ("Content-Type", "Content-Language", "X-Robots-Tag", "Link", "Content-Disposition")

View = Callable[..., HttpResponse]


def public(*names: str, query: tuple[str, ...] = (), seconds: int = KEPT_FOR) -> Callable[[View], View]:
    """Mark a view as public and keep its pages.

    `names` are generations, filled from the address: "study:{slug}", "lists". `query` lists the parameters that
    change the page; all others are ignored, so that nobody can fill the cache with invented ones.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            key = _key(request, [name.format(**kwargs) for name in names], query)
            stored = cache.get(key)
            response = _revive(stored) if stored else _render(view(request, *args, **kwargs), key, seconds)
            return get_conditional_response(request, etag=response.headers.get("ETag"), response=response) or response

        kept.public = True  # type: ignore[attr-defined]
        return kept

    return decorate


def bump(*names: str) -> None:
    """Make every kept page that shows one of these nouns old, once the transaction commits."""
    transaction.on_commit(lambda: _renew(names))


def _renew(names: tuple[str, ...]) -> None:
    fresh = {f"gen:{name}": _generation() for name in names}
    if len(fresh) == 1:  # one command, where many are four in a transaction
        cache.set(*fresh.popitem(), GENERATION_LIFE)
    else:
        cache.set_many(fresh, GENERATION_LIFE)


def _generation() -> int:
    return randbits(62)  # a number is kept as it is, where words are packed first


def _generations(names: list[str]) -> list[int]:
    keys = [f"gen:{name}" for name in names]
    known = cache.get_many(keys)
    for key in keys:
        if key not in known:
            known[key] = _generation()
            cache.set(key, known[key], GENERATION_LIFE)
    return [known[key] for key in keys]


def _key(request: HttpRequest, names: list[str], query: tuple[str, ...]) -> str:
    asked = [f"{name}={request.GET[name]}" for name in query if name in request.GET]
    parts = [get_language() or "", request.path, *asked, *_generations(names)]
    return "page:" + sha256(repr(parts).encode()).hexdigest()  # repr: no value can pass for two


def _render(response: HttpResponse, key: str, seconds: int) -> HttpResponse:
    if hasattr(response, "render"):
        response.render()
    if response.status_code != 200 or response.streaming or response.cookies:
        return response
    response.headers["ETag"] = quote_etag(sha256(response.content).hexdigest()[:20])
    patch_cache_control(response, public=True, max_age=OUTSIDE)
    response.headers.setdefault("Content-Language", get_language() or "")
    kept = {
        name: response.headers[name] for name in (*KEPT_HEADERS, "ETag", "Cache-Control") if name in response.headers
    }
    cache.set(key, (response.content, kept), seconds)
    return response


def _revive(stored: tuple[bytes, dict[str, str]]) -> HttpResponse:
    content, headers = stored
    return HttpResponse(content, headers=headers)

"""How often one reader may ask for what costs others something: a seat held, letters sent, a search.

Signing in has allauth's limits (ACCOUNT_RATE_LIMITS); these are for our own views. Both end on the same page.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MINUTE = 60  # seconds
View = Callable[..., HttpResponse]


def limited(name: str, most: int, *, method: str = "POST", asks: str = "") -> Callable[[View], View]:
    """Let one reader ask a view at most `most` times a minute by `method`; with `asks`, count only what carries it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            counts = request.method == method and (not asks or request.GET.get(asks))
            if counts and _asked(name, request) > most:
                return too_many(request)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def _asked(name: str, request: HttpRequest) -> int:
    return asked(name, f"person:{request.user.pk}" if request.user.is_authenticated else address_of(request))


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from, by the proxies we trust."""
    return str(get_adapter().get_client_ip(request))


def asked(name: str, who: str) -> int:
    """Count this time, and return how often it was in this minute."""
    key = f"limit:{name}:{who}:{int(time.time()) // MINUTE}"
    cache.add(key, 0, timeout=2 * MINUTE)
    return cache.incr(key)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429 with a sentence, and when to try again; allauth answers with it too (urls.handler429)."""
    response = render(request, "429.html", status=429)
    response.headers["Retry-After"] = str(MINUTE)
    return response

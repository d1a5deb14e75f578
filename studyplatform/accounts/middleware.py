"""Signed-in pages follow the person; public pages look at nobody."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from studyplatform.kit import language

HINT = "signed_in"  # readable by our scripts: a public page asks for its fragments only where it is set
YEAR = 365 * 24 * 3600


class ReaderMiddleware:
    """Before a view that is not public: the reader's language and time zone. After it: the hints scripts may read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed:  # a view that looked at nobody stays without cookies
            hint(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        if getattr(view, "public", False) or translation.get_language_from_path(request.path_info):
            return
        language.activate(request, language_of(request))
        if request.user.is_authenticated:
            timezone.activate(ZoneInfo(request.user.time_zone))


def language_of(request: HttpRequest) -> str:
    """Return the person's language; for someone not signed in, the one they chose or their browser asks for."""
    if request.user.is_authenticated:
        return request.user.language
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in language.CODES else translation.get_language_from_request(request)


def hint(request: HttpRequest, response: HttpResponse) -> None:
    """Keep the readable cookies in step with who is signed in."""
    if request.user.is_authenticated:
        if request.COOKIES.get(HINT) != "1":
            remember(response, HINT, "1", settings.SESSION_COOKIE_AGE)
        if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != request.user.language:
            remember_language(response, request.user.language)
    elif HINT in request.COOKIES:
        response.delete_cookie(HINT, samesite="Lax")


def remember_language(response: HttpResponse, code: str) -> None:
    """Keep a language in the browser, for pages where nobody is signed in."""
    remember(response, settings.LANGUAGE_COOKIE_NAME, code, YEAR)


def remember(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    """Set a cookie scripts may read; it opens nothing."""
    response.set_cookie(name, value, max_age=seconds, samesite="Lax", secure=settings.HTTPS, httponly=False)

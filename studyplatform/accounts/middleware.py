"""Signed-in pages follow the person; public pages look at nobody."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from studyplatform.kit import language


class ReaderMiddleware:
    """Before a view that is not public: the reader's language and time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

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

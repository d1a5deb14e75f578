"""Languages of addresses: site pages carry a prefix (none for the default); public pages never look at the reader."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

CODES = [code for code, _ in settings.LANGUAGES]


class SitePrefixMiddleware:
    """Activate the language of the address, before it is resolved; Django's own would look at the reader too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        timezone.deactivate()
        activate(request, of_path(request.path_info))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


def of_path(path: str) -> str:
    """Return the language an address is in: its prefix's, or the default."""
    return translation.get_language_from_path(path) or settings.LANGUAGE_CODE


def activate(request: HttpRequest, language: str) -> None:
    """Switch the request to a language; pages in their own language (a study, a post) call this in their view."""
    translation.activate(language)
    request.LANGUAGE_CODE = language

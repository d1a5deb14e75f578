"""Where a form may send people on to: pages of ours, nowhere else."""

import unicodedata

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_ours(url: str | None, request: HttpRequest) -> bool:
    """Tell whether an address given from outside stays on the host it was given to."""
    if not url or "\\" in url or any(unicodedata.category(letter)[0] == "C" for letter in url):
        return False
    if not url.startswith(("/", "http://", "https://")):
        return False
    return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())


def path_of(request: HttpRequest, name: str, default: str) -> str:
    """Return the path a form sent under `name` if it is one of ours, else `default`."""
    asked = request.POST.get(name, "")
    return asked if asked.startswith("/") and is_ours(asked, request) else default


def next_of(request: HttpRequest, default: str) -> str:
    """Return the `next` a request carries if it is ours, else `default`."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if is_ours(asked, request) else default

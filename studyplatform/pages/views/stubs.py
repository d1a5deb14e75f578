"""To be replaced by real views; this file must not survive."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def stub(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return HttpResponse("")

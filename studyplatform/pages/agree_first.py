"""Who was brought into a cohort reads what holds for their seat before any page of its space."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.policies import AgreeFirst


class AgreeFirstMiddleware:
    """Sends who has not agreed yet from every page of the space to the one that asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the way to what is to be read first; None for every other trouble."""
        if not isinstance(exception, AgreeFirst):
            return None
        return redirect(exception.page)

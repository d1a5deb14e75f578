"""No address holds a NUL: PostgreSQL stores none, so whoever sends one looks for what cannot be there."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def without_nul(answer: Answer) -> Answer:
    """Answer 404 to an address with a NUL, before a view asks the database for it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return answer(request)

    return middleware

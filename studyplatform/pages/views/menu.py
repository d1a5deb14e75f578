"""What signed-in people see in the header of public pages, which are the same bytes for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def menu_fragment(request: HttpRequest) -> HttpResponse:
    """Return the person's tools, or nothing for a visitor; no cache may keep either."""
    known = request.user.is_authenticated
    response = render(request, "pages/_menu.html") if known else HttpResponse(status=204)
    response.headers["Cache-Control"] = "private, no-store"
    return response

"""Error pages. They say what happened, what did not, and the way on; 500 touches nothing that may be broken."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose key is missing or old: nothing was changed, going back keeps what was typed."""
    return render(request, "403_csrf.html", status=403)

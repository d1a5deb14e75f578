"""The sheet of components, for those who build: every part in every state, where DEBUG is on."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from showcase.policies import public_case_studies
from showcase.reading import for_lists
from studyplatform.kit import language
from studyplatform.pages import sheet


@require_safe
@never_cache
def ui(request: HttpRequest) -> HttpResponse:
    """Show the sheet. Stories are real posts, since their covers come from their own addresses."""
    if not settings.DEBUG:
        raise Http404
    language.activate(request, "en")
    posts = list(for_lists(public_case_studies()).order_by("pk")[:4])
    return render(request, "ui/ui.html", {**sheet.context(), "posts": posts})

"""The demo's bar: be somebody else, move time. These addresses exist in the demo only."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studyplatform.demo.people import PEOPLE, become
from studyplatform.demo.world.moments import MOMENTS
from studyplatform.kit.errors import Refused


def _choices(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    return {"people": PEOPLE.values(), "moments": MOMENTS.values(), "here": user.email if user.is_authenticated else ""}


@require_safe
@never_cache
def demo(request: HttpRequest) -> HttpResponse:
    """Everything the bar can do, with what it means; works without scripts."""
    return render(request, "demo/demo.html", _choices(request))


@require_safe
@never_cache
def bar(request: HttpRequest) -> HttpResponse:
    """What the bar of every page loads, which itself is the same bytes for everybody."""
    return render(request, "demo/_people.html", _choices(request))


@require_POST
def be(request: HttpRequest) -> HttpResponse:
    """Become somebody, and see the page they look at first."""
    one = PEOPLE.get(request.POST.get("person", ""))
    if one is None or not become(request, one):
        raise Http404
    return redirect(one.first_page)


@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Move to a moment, and say what happened and where to look."""
    moment = MOMENTS.get(request.POST.get("moment", ""))
    if moment is None:
        raise Http404
    try:
        sentence, where = moment.go()
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, format_html('{} <a href="{}">{}</a>', sentence, where, _("Look there")))
    return redirect("demo")

"""Every queue with what is due in it, what is late, what went wrong, and a way to try a row now."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cohorts.policies import reader
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Queued

MOST = 20  # failed rows of a queue on the page


@dataclass(frozen=True)
class Line:
    """One queue as it stands. `rows` are those with an error, newest first, when the reader may see them."""

    name: str
    due: int
    late: bool
    minutes: int
    failed: int
    rows: list[Any]
    may_try: bool


@require_http_methods(["GET", "HEAD", "POST"])
def queues(request: HttpRequest) -> HttpResponse:
    """Show the queues; POST `queue` and `row` tries a row of one now."""
    if not request.user.has_perm("kit.view_change"):
        raise PermissionDenied
    if request.method == "POST":
        return _try(request)
    lines = [_line(request, one, waited) for one, waited in queue.oldest_due()]
    context = {**admin.site.each_context(request), "title": _("queues"), "lines": lines}
    return TemplateResponse(request, "desk/queues.html", context)


def _line(request: HttpRequest, one: queue.Queue, waited: float | None) -> Line:
    model = one.due().model
    failed = model.queue.exclude(error="") if issubclass(model, Queued) else None
    seen = failed is not None and request.user.has_perm(_right("view", model))
    return Line(
        name=one.name,
        due=one.due().count(),
        late=bool(waited and waited > one.overdue_after),
        minutes=int((waited or 0) // 60),
        failed=failed.count() if failed is not None else 0,
        rows=list(failed.order_by("-due_at")[:MOST]) if failed is not None and seen else [],
        may_try=request.user.has_perm(_right("change", model)),
    )


def _right(kind: str, model: Any) -> str:
    return f"{model._meta.app_label}.{kind}_{model._meta.model_name}"


def _try(request: HttpRequest) -> HttpResponse:
    one = queue.QUEUES.get(request.POST.get("queue", ""))
    model = one.due().model if one else None
    if model is None or not issubclass(model, Queued):
        raise Http404
    if not request.user.has_perm(_right("change", model)):
        raise PermissionDenied
    try:
        row = model.queue.get(pk=request.POST.get("row"))
    except (model.DoesNotExist, ValueError, ValidationError):
        raise Http404 from None
    try:
        queue.try_now(reader(request), row)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is due now and is tried within a minute."))
    return redirect("admin_queues")

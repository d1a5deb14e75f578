"""Notifications: every letter to a person, in the product."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from studyplatform.mail.kinds import name_of
from studyplatform.mail.policies import letters_seen_by
from studyplatform.mail.services import notifications as bell

PAGE = 30
ALWAYS = "always"  # how the address names the kind that cannot be stopped


class Seen(forms.Form):
    """Up to when the reader has seen: the newest letter of the page they were on, not what came since."""

    until = forms.DateTimeField()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """Show what was written to me, newest first, all kinds or one; a POST counts what was shown as seen."""
    if request.method == "POST":
        seen = Seen(request.POST)
        if seen.is_valid():
            bell.mark_seen(request.user, seen.cleaned_data["until"])
        return redirect("notifications")
    mine, kind = letters_seen_by(request.user), request.GET.get("kind", "")
    kinds = mine.order_by().values_list("kind", flat=True).distinct()
    shown = mine.filter(kind="" if kind == ALWAYS else kind) if kind else mine
    page = Paginator(shown.defer("text", "calendar"), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [{"letter": row, "name": name_of(row.kind), "at": row.created_at} for row in page],
        "kind": kind,
        "kinds": sorted(((one or ALWAYS, str(name_of(one))) for one in kinds), key=lambda named: named[1]),
        "newest": mine.values_list("created_at", flat=True).first(),
    }
    return render(request, "mail/notifications.html", context)

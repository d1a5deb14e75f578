"""Deeds: a verb of one row as an action of a table, with a page before it that says what will happen to which rows."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from studyplatform.kit.errors import Refused

MOST = 200  # rows at once; each stands on the page before it is done

Words = str | Promise
Verb = Callable[[Any, Any, dict[str, Any]], Any]  # the actor, the row, what the form said


class Reason(forms.Form):
    """Why, kept in the row's history."""

    note = forms.CharField(label=_("Why"), max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 2}))


def deed(
    title: Words,
    verb: Verb,
    *,
    says: Words,
    done: Words,
    permission: str = "act",
    form: type[forms.Form] | None = None,
    about: Callable[[Any], Sequence[Words]] | None = None,
) -> Any:
    """Make an action: first a page with `says`, the rows and what `about` tells of each; then the verb, row by row.

    `form` asks for more on that page; what it said is handed to the verb. `permission` is as Django's actions have it.
    """

    def act(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        ticked = list(rows[:MOST])
        asked = form(request.POST if "apply" in request.POST else None) if form else None
        if "apply" not in request.POST or (asked and not asked.is_valid()):
            shown = {"title": title, "says": says, "form": asked, "action": request.POST.get("action")}
            told = [(row, about(row) if about else ()) for row in ticked]
            return preview(model_admin, request, told, shown)
        each(
            model_admin, request, ticked, lambda row: verb(request.user, row, asked.cleaned_data if asked else {}), done
        )
        return None

    act.short_description = title  # type: ignore[attr-defined]
    act.allowed_permissions = [permission]  # type: ignore[attr-defined]
    return act


def preview(model_admin: Any, request: HttpRequest, told: list[Any], shown: dict[str, Any]) -> TemplateResponse:
    """Say what will happen to which rows, and ask."""
    opts = model_admin.opts
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": opts,
        "told": told,
        "ticked": ACTION_CHECKBOX_NAME,
        "listed": reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
        **shown,
    }
    form = shown["form"]
    return TemplateResponse(request, "desk/preview.html", context, status=422 if form and form.errors else 200)


def each(model_admin: Any, request: HttpRequest, rows: Sequence[Any], verb: Callable[[Any], Any], done: Words) -> None:
    """Run a verb on every ticked row and say how each went."""
    for row in rows:
        try:
            verb(row)
        except Refused as refusal:
            model_admin.message_user(request, f"{row}: {refusal}", messages.ERROR)
        else:
            model_admin.message_user(request, f"{row}: {done}", messages.SUCCESS)

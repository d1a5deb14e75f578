"""Deeds: a verb of one row as an action of a table, with a page before it that says what will happen to which rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from studyplatform.kit.errors import Refused

MOST = 200  # rows at once; each stands on the page before it is done

Words = str | Promise
Said = dict[str, Any]  # what the form on the page before said
Verb = Callable[[Any, Any, Said], Any]  # the actor, the row, what the form said


class Reason(forms.Form):
    """Why, kept in the row's history."""

    note = forms.CharField(label=_("Why"), max_length=300, widget=UnfoldAdminTextareaWidget({"rows": 2}))


@dataclass(frozen=True)
class Deed:
    """What one action asks, says and does.

    `about` tells of a row before anything is asked. `shows` tells what the answers would do to it, on a second page.
    `after` makes the answer when it is not the list or the row again: a file.
    """

    title: Words
    verb: Verb
    says: Words
    done: Words
    form: type[forms.Form] | None = None
    about: Callable[[Any], Sequence[Words]] | None = None
    shows: Callable[[Any, Said], Sequence[Words]] | None = None
    after: Callable[[Any], HttpResponse] | None = None
    single: bool = False

    def act(self, table: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """Show what will happen, or do it when somebody has looked at that."""
        ticked = list(rows[:MOST])
        if self.single and not alone(table, request, ticked):
            return None
        sent = request.POST if "apply" in request.POST or "sure" in request.POST else None
        asked = self.form(sent, request.FILES or None) if self.form else None
        if sent is None or (asked and not asked.is_valid()):
            return self._page(table, request, ticked, asked, self.about)
        said = asked.cleaned_data if asked else {}
        shows = self.shows
        if shows and "sure" not in request.POST:
            return self._page(table, request, ticked, asked, lambda row: shows(row, said), sure=True)
        went = each(table, request, ticked, lambda row: self.verb(request.user, row, said), self.done)
        if self.after and went:
            return self.after(went[0])
        return redirect(page_of(ticked[0])) if "from_page" in request.POST and len(ticked) == 1 else None

    def _page(
        self,
        table: Any,
        request: HttpRequest,
        ticked: list[Any],
        asked: forms.Form | None,
        tells: Callable[[Any], Sequence[Words]] | None,
        *,
        sure: bool = False,
    ) -> HttpResponse:
        shown = {"title": self.title, "says": self.says, "form": asked, "action": request.POST.get("action")}
        told = [(row, tells(row) if tells else ()) for row in ticked]
        return preview(table, request, told, {**shown, "sure": sure, "two_steps": bool(self.shows)})


def deed(title: Words, verb: Verb, *, permission: str = "act", moves_to: str = "", **what: Any) -> Any:
    """Make an action of a Deed: first a page that says it and lists the rows; then the verb, row by row.

    `permission` is as Django's actions have it. A deed that `moves_to` a state is offered on the pages of rows that can
    get there.
    """
    one = Deed(title, verb, **what)

    def act(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return one.act(model_admin, request, rows)

    act.short_description = title  # type: ignore[attr-defined]
    act.allowed_permissions = [permission]  # type: ignore[attr-defined]
    act.moves_to = moves_to  # type: ignore[attr-defined]
    return act


def alone(table: Any, request: HttpRequest, ticked: Sequence[Any]) -> bool:
    """Whether exactly one row is ticked; says so when it is not."""
    if len(ticked) != 1:
        table.message_user(request, _("Tick exactly one row."), messages.ERROR)
    return len(ticked) == 1


def page_of(row: Any) -> str:
    """Return the address of a row's own page."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def preview(model_admin: Any, request: HttpRequest, told: list[Any], shown: dict[str, Any]) -> TemplateResponse:
    """Say what will happen to which rows, and ask."""
    opts = model_admin.opts
    from_page = "from_page" in request.POST and len(told) == 1
    listed = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": opts,
        "told": [(row.pk, model_admin.named(row), lines) for row, lines in told],
        "ticked": ACTION_CHECKBOX_NAME,
        "listed": listed,
        "from_page": from_page,
        "back": page_of(told[0][0]) if from_page else listed,
        **shown,
    }
    form = shown["form"]
    return TemplateResponse(request, "desk/preview.html", context, status=422 if form and form.errors else 200)


def each(
    model_admin: Any, request: HttpRequest, rows: Sequence[Any], verb: Callable[[Any], Any], done: Words
) -> list[Any]:
    """Run a verb on every ticked row and say how each went; return what the verb made of those it went well with."""
    went = []
    for row in rows:
        try:
            went.append(verb(row))
        except Refused as refusal:
            model_admin.message_user(request, f"{model_admin.named(row)}: {refusal}", messages.ERROR)
        else:
            model_admin.message_user(request, f"{model_admin.named(row)}: {done}", messages.SUCCESS)
    return went

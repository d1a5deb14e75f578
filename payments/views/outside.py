"""People who paid a host elsewhere: a list read, looked at line by line, then brought in; what is to be given back."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.models import Cohort
from cohorts.policies import get_run_cohort, reader
from payments import seat_lists
from payments.forms.outside import ListForm
from payments.services import outside, outside_refunds
from payments.services.outside import NEW, NEXT, NO, Verdict
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited

PAGE = 50
NAMED = 20  # lines named beside the field; the table has them all


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("outside", 20)
def studio_outside(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask for the list, show what each line would do, then do it. Only hosts: to all others it is not there."""
    cohort = get_run_cohort(request, slug, number)
    if "given" in request.POST:
        return _given(request, cohort)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, cohort, form, status=422 if form.errors else 200)
    lines = form.cleaned_data["lines"]
    try:
        rows = seat_lists.read(lines, cohort.currency)
    except Refused as refused:
        form.add_error(refused.field, str(refused))
        return _page(request, cohort, form, status=422)
    if "sure" not in request.POST:
        found = outside.preview(cohort, rows)
        return _page(request, cohort, _told(lines, found), verdicts=found, lines=lines)
    return _bring_in(request, cohort, lines, outside.bring_in(reader(request), cohort, rows))


def _told(lines: str, verdicts: Sequence[Verdict]) -> ListForm:
    """Return the form with the lines as they are, and beside them those that cannot be, and why."""
    form = ListForm({"lines": lines})
    form.is_valid()
    wrong = [one for one in verdicts if one.kind == NO]
    for one in wrong[:NAMED]:
        form.add_error("lines", _("Line %(n)s: %(why)s") % {"n": one.number, "why": one.sentence})
    if len(wrong) > NAMED:
        more = len(wrong) - NAMED
        form.add_error("lines", ngettext("And %(n)s more line.", "And %(n)s more lines.", more) % {"n": more})
    return form


def _bring_in(request: HttpRequest, cohort: Cohort, lines: str, done: list[Verdict]) -> HttpResponse:
    count = sum(one.kind == NEW for one in done)
    if count:
        words = ngettext("%(n)s person is in and has a letter.", "%(n)s people are in and have a letter.", count)
        messages.success(request, words % {"n": count})
    if any(one.kind in (NO, NEXT) for one in done):
        return _page(request, cohort, _told(lines, done), verdicts=done, lines=lines, done=True)
    return redirect("studio_outside", cohort.study.slug, cohort.number)


def _page(request: HttpRequest, cohort: Cohort, form: ListForm, *, status: int = 200, **more: Any) -> HttpResponse:
    verdicts = more.get("verdicts", [])
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "form": form,
        "page": Paginator(outside.brought_into(cohort), PAGE).get_page(request.GET.get("page")),
        "to_do": sum(one.kind == (NEXT if more.get("done") else NEW) for one in verdicts),
        "here": "outside",
        **more,
    }
    return render(request, "payments/outside/list.html", context, status=status)


def _given(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    """Note that a host has given money back."""
    asked = request.POST["given"]
    refund = get_object_or_404(
        outside_refunds.owing(cohort), pk=asked if asked.isdecimal() and len(asked) < 18 else None
    )
    outside_refunds.given(reader(request), refund)
    messages.success(request, _("Written down as given back."))
    return redirect("studio_outside", cohort.study.slug, cohort.number)

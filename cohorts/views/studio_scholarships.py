"""A cohort's scholarships as its host sees them: what is offered, who asks, one tap to answer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cohorts import pricing
from cohorts.forms.refusal import attempt
from cohorts.forms.scholarships import AnswerForm, ScholarshipForm
from cohorts.models import Scholarship, ScholarshipApplication
from cohorts.policies import get_run_application, get_run_cohort, reader
from cohorts.services import cohorts, scholarships
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def scholarships_of(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """List who asks, those without an answer first; change what is offered."""
    cohort = get_run_cohort(request, slug, number)
    offered = Scholarship.objects.filter(cohort=cohort).first()
    form = ScholarshipForm(request.POST or None, initial=_initial(offered))
    saved = attempt(form, scholarships.offer, reader(request), cohort) if request.method == "POST" else None
    if saved:
        cohorts.changed(cohort)
        messages.success(request, _("Saved."))
        return redirect("studio_scholarships", slug, number)
    asked = ScholarshipApplication.objects.filter(scholarship=cohort.pk).exclude(state="withdrawn")
    waits = Case(When(state="asked", then=0), default=1, output_field=IntegerField())
    rows = asked.select_related("person__profile").order_by(waits, "-pk")
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "here": "scholarships",
        "offered": offered,
        "form": form,
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "standard": pricing.standard(cohort),
    }
    return render(request, "studio/scholarships.html", context, status=422 if form.errors else 200)


def _initial(offered: Scholarship | None) -> dict[str, Any]:
    return {name: getattr(offered, name) for name in scholarships.COPIED} if offered else {"places": 2, "percent": 50}


@login_required
@require_POST
@limited("letters", 30)
def scholarship_answer(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """Answer one question: yes with a price, or no with a word."""
    row = get_run_application(request, slug, number, public_id)
    form = AnswerForm(request.POST, application=row)
    if not form.is_valid():
        messages.error(request, _("Give between 1 and 100 per cent, and at most 600 characters."))
        return redirect("studio_scholarships", slug, number)
    try:
        _say(reader(request), row, form.cleaned_data)
        messages.success(request, _("%(name)s has your answer.") % {"name": row.person.name})
    except Refused as refused:
        messages.error(request, str(refused))
    cohorts.changed(row.scholarship.cohort)
    return redirect("studio_scholarships", slug, number)


def _say(host: Any, row: ScholarshipApplication, said: dict[str, Any]) -> None:
    if said["answer"] == "yes":
        scholarships.grant(host, row, percent=said["percent"], words=said["words"])
    else:
        scholarships.decline(host, row, words=said["words"])

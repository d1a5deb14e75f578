"""Credit: given to a member, watched over all of a study, taken back while it is not used."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts.forms.credits import CreditForm, CrowdForm, TakingBackForm
from cohorts.forms.refusal import attempt
from cohorts.models import Credit, Enrollment
from cohorts.policies import cohorts_run_by, credits_run_by, get_run_cohort, get_run_study, reader
from cohorts.services import credits
from studyplatform.kit import money
from studyplatform.kit.ids import short_id

PAGE = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member_credit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a member credit. Only hosts of the study: to all others it is not there."""
    found = Enrollment.objects.filter(cohort__in=cohorts_run_by(request.user), state__in=Enrollment.BELONGS)
    place = get_object_or_404(found.select_related("person__profile", "cohort__study"), public_id=public_id)
    cohort = place.cohort
    form = CreditForm(request.POST or None, cohort=cohort, initial={"key": short_id()})
    if request.method == "POST" and (given := attempt(form, credits.give, reader(request), place.person, cohort.study)):
        shown = {"name": place.person.name, "amount": money.show(given.amount, given.currency)}
        messages.success(request, _("%(name)s has %(amount)s of credit, and a letter with your words.") % shown)
        return redirect("studio_credits", cohort.study.slug)
    context = {"place": place, "cohort": cohort, "study": cohort.study, "form": form}
    return render(request, "studio/credit.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cohort_credit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give many members of a cohort the same; who they are and what it sums to is shown first."""
    cohort = get_run_cohort(request, slug, number)
    form = CrowdForm(request.POST or None, cohort=cohort, initial={"key": short_id(), "whom": Credit.Whom.PRESENTED})
    context = {"cohort": cohort, "study": cohort.study, "form": form}
    if request.method == "POST" and "sure" in request.POST:
        count = attempt(form, credits.give_all, reader(request), cohort)
        if count is not None:
            messages.success(request, _given(count))
            return redirect("studio_credits", slug)
    elif request.method == "POST" and form.is_valid():
        people = list(credits.crowd(cohort, form.cleaned_data["whom"]))
        total = len(people) * form.cleaned_data["amount"]
        return render(request, "studio/credit_many_preview.html", {**context, "people": people, "total": total})
    return render(request, "studio/credit_many.html", context, status=422 if form.errors else 200)


def _given(count: int) -> str:
    said = ngettext("%(n)s member has credit, and a letter.", "%(n)s members have credit, and a letter.", count)
    return said % {"n": count}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def credits_of(request: HttpRequest, slug: str) -> HttpResponse:
    """List a study's credit and what became of it."""
    study = get_run_study(request, slug)
    found = credits_run_by(request.user).filter(study=study).order_by("-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"study": study, "page": page, "sums": credits.sums(study)}
    return render(request, "studio/credits.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def taking_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask why, then take back what is not used yet."""
    credit = get_object_or_404(credits_run_by(request.user), study__slug=slug, pk=pk)
    form = TakingBackForm(request.POST or None)
    if request.method == "POST" and (gone := attempt(form, credits.take_back, reader(request), credit)):
        shown = {"name": credit.person.name, "amount": money.show(gone, credit.currency)}
        messages.success(request, _("%(amount)s is taken back. %(name)s is told why.") % shown)
        return redirect("studio_credits", slug)
    context = {"study": credit.study, "credit": credit, "form": form}
    return render(request, "studio/credit_back.html", context, status=422 if form.errors else 200)

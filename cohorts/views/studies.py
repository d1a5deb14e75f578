"""A host's studies: started, looked at, reworded."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohorts.forms.refusal import attempt
from cohorts.forms.studies import StudyForm
from cohorts.policies import get_run_study, reader
from cohorts.services import studies
from cohorts.standing import with_standing


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Start a study: one form, made for a phone."""
    form = StudyForm(request.POST or None, request.FILES or None, initial={"language": reader(request).language})
    study = attempt(form, studies.start, reader(request)) if request.method == "POST" else None
    if study:
        messages.success(request, _("Your study is saved. Nobody sees it until its first cohort opens."))
        return redirect("studio_cohort_new", study.slug)
    return render(request, "studio/study_new.html", {"form": form})


@require_safe
@login_required
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """A study with its cohorts and their numbers."""
    study = get_run_study(request, slug)
    cohorts = list(with_standing(study.cohorts.all()).order_by("-number"))
    return render(request, "studio/study.html", {"study": study, "cohorts": cohorts})


@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a study's words, its cloth or picture."""
    study = get_run_study(request, slug)
    form = StudyForm(request.POST or None, request.FILES or None, instance=study)
    saved = attempt(form, studies.change, reader(request), study) if request.method == "POST" else None
    if saved:
        messages.success(request, _("Saved."))
        return redirect("studio_study", saved.slug)
    return render(request, "studio/study_edit.html", {"form": form, "study": get_run_study(request, slug)})

"""What the company somebody has their seat from may see of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts.models import Enrollment
from cohorts.policies import reader
from cohorts.services import attendance


@login_required
@require_POST
def group_consent(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Say yes or no to the company seeing which sessions one was at. Who sits on no company's seat gets 404."""
    places = Enrollment.objects.filter(person=reader(request), group__isnull=False, state__in=Enrollment.BELONGS)
    place = get_object_or_404(places.select_related("group"), cohort__study__slug=slug, cohort__number=number)
    yes = request.POST.get("yes") == "1"
    attendance.show(place, yes)
    messages.success(request, _("Your company sees it from now on.") if yes else _("Your company sees it no more."))
    return redirect("space", slug, number)

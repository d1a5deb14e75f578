"""A study's coupons: made, watched, switched off."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cohorts.forms.coupons import CouponForm
from cohorts.forms.refusal import attempt
from cohorts.models import Enrollment
from cohorts.policies import get_run_study
from cohorts.services import coupons

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def coupons_of(request: HttpRequest, slug: str) -> HttpResponse:
    """List the study's codes with what they brought; make another one."""
    study = get_run_study(request, slug)
    form = CouponForm(request.POST or None, study=study)
    if request.method == "POST" and (made := attempt(form, coupons.make, study)):
        messages.success(request, _("The code %(code)s can be used now.") % {"code": made.code})
        return redirect("studio_coupons", slug)
    joined = Count("enrollments", filter=Q(enrollments__state__in=Enrollment.BELONGS))
    found = study.coupons.select_related("cohort__study").annotate(joined=joined).order_by("off_at", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"study": study, "form": form, "page": page, "now": timezone.now(), "last": form.last}
    return render(request, "studio/coupons.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def off(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Switch a code off; who holds or bought a seat with it keeps the price."""
    coupon = get_object_or_404(get_run_study(request, slug).coupons, pk=pk)
    if coupons.switch_off(coupon):
        messages.success(request, _("Nobody can use %(code)s any more.") % {"code": coupon.code})
    return redirect("studio_coupons", slug)

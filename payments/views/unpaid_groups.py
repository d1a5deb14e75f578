"""What a host decides about a company that did not pay its invoice in time: more time, once, or its seats end."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cohorts.models import SeatGroup
from cohorts.policies import get_run_cohort, reader
from payments.services import invoices
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused


@login_required
@require_POST
def studio_seat_group_extend(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """Give it two weeks more."""
    return _decided(request, slug, number, public_id, invoices.extend, _("It has two weeks more, and is told so."))


@login_required
@require_POST
def studio_seat_group_end(request: HttpRequest, slug: str, number: int, public_id: str) -> HttpResponse:
    """End its seats."""
    return _decided(request, slug, number, public_id, invoices.end, _("Its seats have ended, and everybody is told."))


def _decided(
    request: HttpRequest,
    slug: str,
    number: int,
    public_id: str,
    verb: Callable[[User, SeatGroup], SeatGroup],
    done: str,
) -> HttpResponse:
    cohort = get_run_cohort(request, slug, number)
    group = get_object_or_404(cohort.groups_of_seats, public_id=public_id)
    try:
        verb(reader(request), group)
        messages.success(request, done)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("studio_seat_groups", slug, number)

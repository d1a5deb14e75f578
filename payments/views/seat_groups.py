"""A company's seats: asked for, quoted, paid, named."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import attended
from cohorts.forms.refusal import attempt
from cohorts.models import Cohort, Enrollment, SeatGroup
from cohorts.policies import get_seat_group, public_cohorts, reader
from cohorts.services import group_seats, seat_groups, seats
from payments import sealed
from payments.flows import checkout
from payments.forms.seat_group import PeopleForm, QuoteForm
from payments.services import group_orders, group_places, group_returns, group_sales, invoices
from payments.views.join import see_other
from studyplatform.accounts.models import User
from studyplatform.kit import language, tables
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited

ACCEPTED = {"invoice": invoices.accept, "card": invoices.by_card}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("seat_group", 20)
def seat_group_new(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Ask who wants how many seats; whoever has no account yet makes one, and what was typed stays."""
    cohort = get_object_or_404(public_cohorts().select_related("seats"), study__slug=slug, number=number)
    plan = seat_groups.plan_of(cohort)
    if not plan or not seat_groups.offered(cohort):
        raise Http404
    key = f"seat_group:{cohort.pk}"
    form = QuoteForm(request.POST or None, cohort=cohort, initial=request.session.get(key) or _known(request))
    if request.method == "POST" and form.is_valid():
        if not request.user.is_authenticated:
            request.session[key] = {name: form.data.get(name, "") for name in form.fields}
            return redirect(f"{reverse('account_signup')}?{urlencode({'next': request.path})}")
        made = attempt(form, _quote, request, cohort)
        if made:
            request.session.pop(key, None)
            return redirect(made)
    one = seat_groups.price_of_each(cohort, plan, plan.reduction_from)
    full = seat_groups.price_of_each(cohort, plan, plan.reduction_from - 1)
    context = {"cohort": cohort, "study": cohort.study, "form": form, "plan": plan, "price": full, "reduced": one}
    return render(request, "payments/seat_groups/new.html", context, status=422 if form.errors else 200)


def _quote(request: HttpRequest, cohort: Cohort, **told: Any) -> SeatGroup:
    return seat_groups.quote(reader(request), cohort, **told)


def _known(request: HttpRequest) -> dict[str, Any]:
    found = {"language": get_language(), "size": 5}
    return {**found, "contact_email": request.user.email} if request.user.is_authenticated else found


@require_safe
@login_required
@never_cache
def seat_group(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a company its quote, to print and to accept; once it is paid, its seats and who sits on them."""
    return _page(request, get_seat_group(request, public_id), PeopleForm())


def _page(request: HttpRequest, group: SeatGroup, form: PeopleForm) -> HttpResponse:
    cohort = group.cohort
    language.activate(request, group.language)  # of the paper, whoever prints it
    context = {
        "group": group,
        "cohort": cohort,
        "study": cohort.study,
        "free": seats.free(cohort),
        "open": cohort.is_joinable,
        "payments": group_sales.payments_of(group),
        "kept": group_sales.kept(group),
        "taken": group_sales.taken(group),
        "pay_by": invoices.pay_by(cohort) if group.is_good else None,
        **_invoice(group),
        **_people(group),
        "attended": attended.of(group),
        "form": form,
    }
    return render(request, "payments/seat_groups/group.html", context, status=422 if form.errors else 200)


def _invoice(group: SeatGroup) -> dict[str, Any]:
    invoice = invoices.of(group) if group.state in SeatGroup.OWING else None
    if not invoice:
        return {}
    order = getattr(invoice, "deposit_order", None)
    number = sealed.number_of(order.account) if order else ""
    return {"invoice": invoice, "order": order, "number": number, "missing": invoices.missing(group)}


def _people(group: SeatGroup) -> dict[str, Any]:
    people = list(group_seats.taken(group))
    held = group.places.filter(state__in=Enrollment.SEATED).count()
    for place in people:
        place.can_go = place.state == Enrollment.State.ACTIVE and group_seats.never_came(place)
    return {
        "people": people,
        "asked": list(group_seats.asked(group)),
        "held": held,
        "gone": group.size - held,
        "can_give_back": group_returns.offered(group),
        "unnamed": group_seats.unnamed(group).count(),
        "can_name": group_seats.can_name(group.cohort),
    }


@require_safe
@login_required
@never_cache
def seat_group_attendance(request: HttpRequest, public_id: str, ending: str) -> HttpResponseBase:
    """The sessions of those who said yes, as a table to download."""
    group = get_seat_group(request, public_id)
    return tables.response(f"attendance-{group.number}", ending, attended.header(), list(attended.rows(group)))


@login_required
@require_POST
@limited("checkout", 20)
def seat_group_accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hold all seats of the quote and go on to pay for them; or take them by invoice, or pay one by card."""
    group = get_seat_group(request, public_id)
    how = ACCEPTED.get(request.POST.get("how", ""), group_orders.accept)
    try:
        payment = how(reader(request), group)
        return redirect(group) if how is invoices.accept else see_other(checkout.advance(payment))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(group)


@login_required
@require_POST
@limited("seat_group_people", 20)
def seat_group_people(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write to people who get a seat."""
    group = get_seat_group(request, public_id)
    form = PeopleForm(request.POST)
    if form.is_valid():
        try:
            new = group_seats.invite(reader(request), group, form.cleaned_data["emails"])
        except Refused as refused:
            form.add_error("emails", str(refused))
        else:
            messages.success(request, _("Letters on their way: %(n)s.") % {"n": new})
            return redirect(group)
    return _page(request, group, form)


@login_required
@require_POST
def seat_group_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make another link; the one before opens nothing any more."""
    group = group_seats.renew_link(reader(request), get_seat_group(request, public_id))
    messages.success(request, _("The link is a new one. The old one opens nothing any more."))
    return redirect(group)


@login_required
@require_POST
def seat_group_take_back(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Take back an invitation nobody has taken."""
    group = get_seat_group(request, public_id)
    return _freed(request, group, group_seats.take_back, get_object_or_404(group.invitations, pk=pk))


@login_required
@require_POST
def seat_group_replace(request: HttpRequest, public_id: str, place: str) -> HttpResponse:
    """Free the seat of somebody who never came."""
    group = get_seat_group(request, public_id)
    return _freed(request, group, group_places.replace, get_object_or_404(group.places, public_id=place))


def _freed(request: HttpRequest, group: SeatGroup, verb: Callable[[User, Any], None], row: Any) -> HttpResponse:
    """Take a seat from whoever it was kept for, and show the company's page; a refusal stands on it."""
    try:
        verb(reader(request), row)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(group)

"""Joining a cohort: choose, agree, and go on to pay."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cohorts import presale, pricing
from cohorts.models import Cohort, Enrollment
from cohorts.origin import origin_of
from cohorts.policies import held_in, public_cohorts, reader
from cohorts.services import seat_prices, seats
from payments import ways
from payments.flows import checkout
from payments.forms.join import KEEP, JoinForm
from payments.models import Payment
from payments.services import agreements, choices, joining
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited

REASONS = ("already_in", "waiting", "sold_out", "being_paid", "closed", "soon", "first_taken")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("join", 20)
def join(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show what is chosen and agreed to; take it from whoever is signed in, keep it for whoever is not yet."""
    cohort = _cohort(slug, number)
    own = _own_place(request, cohort)
    reason = _why_not(request, cohort, own)
    if reason:
        return _cannot_join(request, cohort, reason)
    offered = ways.offered_to(cohort, reader(request)) if own else ways.offered(cohort)
    asked: dict[str, Any] = {"cohort": cohort, "providers": list(offered)}
    if request.method != "POST":
        return _page(request, cohort, own, JoinForm(**asked, initial=_kept(request, cohort, own)))
    if "apply" in request.POST:  # a code or credit is looked at; nothing is agreed to yet
        return _page(request, cohort, own, JoinForm(**asked, initial=_typed(request)))
    form = JoinForm(request.POST, **asked)
    if not form.is_valid():
        return _page(request, cohort, own, form, status=422)
    return _go_on(request, cohort, own, form)


def _cohort(slug: str, number: int) -> Any:
    found = pricing.with_offer(public_cohorts().select_related("policy", "seats", "scholarship"))
    return get_object_or_404(found, study__slug=slug, number=number)


def _own_place(request: HttpRequest, cohort: Cohort) -> Enrollment | None:
    if not request.user.is_authenticated:
        return None
    return cohort.enrollments.filter(person=request.user, state__in=Enrollment.LIVE).first()


def _why_not(request: HttpRequest, cohort: Cohort, own: Enrollment | None) -> str:
    """Return why the person cannot join now, or "". A seat held for or offered to them stays open to them."""
    if own and own.state in Enrollment.BELONGS:
        return "already_in"
    try:
        if not seats.is_promised(own, cohort):
            seats.refuse_unless_open(cohort)
    except Refused as refused:
        return refused.code
    if own:
        return "waiting" if own.state == Enrollment.State.WAITLISTED else ""
    sale = presale.standing(request.user, cohort, cohort.seats)
    if sale and sale.since > timezone.now():
        return "soon"
    if not cohort.seats.free:
        return joining.full_because(cohort)
    return "first_taken" if sale and not sale.left else ""


def _cannot_join(request: HttpRequest, cohort: Cohort, reason: str) -> HttpResponse:
    if reason == "waiting":
        return redirect("waiting", cohort.study.slug, cohort.number)
    others = public_cohorts().filter(study=cohort.study, state=Cohort.State.OPEN).exclude(pk=cohort.pk)
    context = {
        "cohort": cohort,
        "study": cohort.study,
        "other": others.order_by("starts_on").first(),
        "came_from": request.POST.get("came_from") or origin_of(request),
        "since": presale.joins_from(request.user, cohort),
        "windows": presale.windows(cohort),
        **_held(cohort),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, f"payments/join/{reason}.html", context, status=status)


def _held(cohort: Cohort) -> dict[str, Any]:
    """How many seats are being paid for or offered, and when the first of them comes free at the latest."""
    return held_in(cohort).aggregate(held=Count("pk"), free_at=Min("hold_until"))


def _page(request: HttpRequest, cohort: Any, own: Enrollment | None, form: JoinForm, status: int = 200) -> HttpResponse:
    sale = presale.standing(request.user, cohort, cohort.seats)
    code, keep = str(form["coupon"].value() or ""), form["credit"].value() == KEEP
    asked = seat_prices.asked(request.user, cohort, own, code=code, keep=keep)
    context = {
        **vars(asked),
        "price": asked.price,
        "coupon_off": cohort.amount - asked.full,
        "trouble": str(asked.trouble or "") if not form.errors.get("coupon") else "",
        "cohort": cohort,
        "study": cohort.study,
        "own": own,
        "form": form,
        "offer": joining.offer(joining.Offer(asked.price, cohort.currency, (own or cohort).policy_id)),
        "choices": choices.subgroups(cohort),
        "chosen": str(form["subgroup"].value() or ""),
        "rungs": choices.refund_rungs(cohort, asked.price, own) if asked.price else [],
        "left": sale.left if sale else cohort.seats.free,
        "held": held_in(cohort).count(),
        "ways": {provider: ways.WAYS[provider] for provider in form.providers} if len(form.providers) > 1 else {},
        "chosen_way": form["provider"].value() or form.providers[0],
        "ready": _is_ready(request, cohort, form),
        "held_until": own.hold_until if own and own.hold_until and own.hold_until > timezone.now() else None,
    }
    return render(request, "payments/join/form.html", context, status=status)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Return what stands in the form, to be shown again; a press about credit changes that of it."""
    ticked = {name: name in request.POST for name in ("terms", "recording")}
    pressed = {"credit": request.POST["apply"]} if request.POST["apply"] in (KEEP, "use") else {}
    return {**{name: request.POST.get(name, "") for name in JoinForm.base_fields}, **ticked, **pressed}


def _is_ready(request: HttpRequest, cohort: Cohort, form: JoinForm) -> bool:
    """Whether everything was filled in before signing up, and paying is all that is left."""
    kept = request.session.get(_key(cohort)) if request.user.is_authenticated and not form.is_bound else None
    return bool(kept and kept["terms"])


def _go_on(request: HttpRequest, cohort: Cohort, own: Enrollment | None, form: JoinForm) -> HttpResponse:
    if not request.user.is_authenticated:
        return _keep_and_sign_up(request, cohort, form)
    try:
        payment = _begin(request.user, cohort, form)
    except Refused as refused:
        if refused.code in REASONS:
            return _cannot_join(request, cohort, refused.code)
        form.add_error(refused.field, str(refused))
        cohort = _cohort(cohort.study.slug, cohort.number)  # what has just changed is shown
        return _page(request, cohort, own, form, status=409)
    request.session.pop(_key(cohort), None)
    return see_other(payment)


def _begin(member: User, cohort: Cohort, form: JoinForm) -> Payment:
    asked = form.cleaned_data
    agreements.agree(member, recording=asked["recording"])
    return checkout.begin(
        member,
        cohort,
        subgroup=asked["subgroup"],
        seen=form.data.get("offer", ""),
        introduction=asked["introduction"],
        came_from=asked["came_from"],
        coupon=asked["coupon"],
        credit=asked["credit"],
        provider=asked["provider"],
    )


def see_other(payment: Payment) -> HttpResponse:
    """Send the buyer to the hosted page, or where there is none, to the page that tells how things stand."""
    if payment.state == Payment.State.OPEN and payment.address:
        return HttpResponseRedirect(payment.address, status=303)  # the provider's own address, not the reader's
    return redirect("checkout_return", payment.public_id)


def _key(cohort: Cohort) -> str:
    return f"join:{cohort.pk}"


def _keep_and_sign_up(request: HttpRequest, cohort: Cohort, form: JoinForm) -> HttpResponse:
    """Keep what was typed for this visit, and come back here once there is an account."""
    request.session[_key(cohort)] = {name: form.data.get(name, "") for name in form.fields}
    here = reverse("join", args=[cohort.study.slug, cohort.number])
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': here})}")


def _kept(request: HttpRequest, cohort: Cohort, own: Enrollment | None) -> dict[str, Any]:
    """Return what the reader typed before, else what their held place holds."""
    kept = request.session.get(_key(cohort))
    if kept:
        return {**kept, "terms": bool(kept["terms"]), "recording": bool(kept["recording"])}
    membership = own.memberships.filter(until=None).first() if own else None
    return {
        "came_from": origin_of(request),
        "coupon": request.GET.get("coupon", "")[:20],
        "subgroup": membership.subgroup_id if membership else _asked_for(request, cohort),
        "introduction": own.introduction if own else "",
    }


def _asked_for(request: HttpRequest, cohort: Cohort) -> int | str:
    """Return the subgroup the reader picked on the page before, while it has a seat."""
    asked = request.GET.get("group", "")
    group = (
        cohort.subgroups.filter(pk=asked).first() if asked.isascii() and asked.isdecimal() and len(asked) < 18 else None
    )
    return group.pk if group and group.left > 0 else ""

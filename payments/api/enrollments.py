"""Joining a cohort: a seat is held, and its payment has a page on which a person pays."""

from typing import Any, ClassVar, TypedDict

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts import pricing
from cohorts.api.mine import EnrollmentSerializer
from cohorts.models import Cohort, Enrollment, Subgroup
from cohorts.origin import PUBLIC_ID, as_kept
from cohorts.policies import public_cohorts
from cohorts.services import seat_prices
from payments import ways
from payments.flows import checkout
from payments.models import Payment
from payments.services import agreements, joining
from studyplatform.kit import problems
from studyplatform.kit.api import Endpoint
from studyplatform.kit.errors import Refused
from studyplatform.kit.seo import absolute

FULL = ("sold_out", "being_paid", "waiting")  # one can stand in line where these problems say


class Paying(TypedDict):
    """How the seat is paid for. `pay_url` is for a person's browser; null when there is no page to pay on now."""

    id: str
    provider: str
    state: str
    pay_url: str | None
    url: str


class SeatSerializer(EnrollmentSerializer):
    """The seat one holds now, and its payment."""

    payment = serializers.SerializerMethodField()

    class Meta(EnrollmentSerializer.Meta):
        fields = (*EnrollmentSerializer.Meta.fields, "payment")

    def get_payment(self, enrollment: Any) -> Paying:
        payment: Payment = enrollment.payment
        pay_url = payment.address if payment.state == Payment.State.OPEN else ""
        page = absolute(reverse("checkout_return", args=[payment.public_id]))
        return {
            "id": payment.public_id,
            "provider": payment.provider,
            "state": payment.state,
            "pay_url": pay_url or None,
            "url": page,
        }


class JoinSerializer(serializers.Serializer):
    """What somebody who joins has seen and agrees to."""

    price = serializers.IntegerField(min_value=0, help_text="As the cohort shows it, in the currency's smallest unit.")
    terms = serializers.BooleanField(help_text="True: agreed to the terms and to the cohort's refund rule.")
    recording = serializers.BooleanField(default=False, help_text="Whether one may be recorded when speaking.")
    subgroup = serializers.IntegerField(
        min_value=0, max_value=1000, allow_null=True, default=None, help_text="Its position; null: be placed."
    )
    introduction = serializers.CharField(max_length=200, allow_blank=True, default="")
    came_from = serializers.RegexField(
        PUBLIC_ID, allow_blank=True, default="", help_text="The case study that led here."
    )
    coupon = serializers.CharField(
        max_length=20, allow_blank=True, default="", help_text="A code; `price` is then what a seat costs with it."
    )
    use_credit = serializers.BooleanField(
        default=True, help_text="Credit a host gave one comes off, `price` is then less it; false keeps it for later."
    )
    provider = serializers.ChoiceField(
        choices=list(ways.WAYS), allow_null=True, default=None, help_text="How to pay; null: as begun, else by card."
    )

    def validate_terms(self, agreed: bool) -> bool:
        """Nobody joins without."""
        if not agreed:
            raise serializers.ValidationError(_("Agree to the terms and the refund rule to join."))
        return agreed


class Join(Endpoint):
    """Hold a seat, take a free one or the one that is offered. Again: the same seat, as long as it can be paid for."""

    scopes: ClassVar[dict[str, str]] = {"POST": "join"}
    most: ClassVar[dict[str, tuple[str, int]]] = {"POST": ("join", 20)}
    serializer_class = JoinSerializer
    answers: ClassVar[dict[str, Any]] = {"POST": SeatSerializer}

    def post(self, request: Request, slug: str, number: int) -> Response:
        cohort = get_object_or_404(public_cohorts(), study__slug=slug, number=number)
        asked = self.sent()
        try:
            payment = _begin(request.user, cohort, asked)
        except Refused as refused:
            return _refused(refused, request.user, cohort, asked)
        place: Any = Enrollment.objects.select_related("cohort__study").get(payment_lines__payment=payment)
        place.payment = payment
        return Response(SeatSerializer(place).data, status=201)


def _refused(refused: Refused, member: Any, cohort: Cohort, asked: dict[str, Any]) -> Response:
    """Say what it costs now, or where to wait, beside why it cannot be. Raises what needs no more said."""
    if refused.code == "changed":
        price = {"amount": _price(member, cohort, asked), "currency": cohort.currency}
        return problems.problem(409, refused, code=refused.code, price=price)
    if refused.code not in FULL:
        raise refused
    here = [cohort.study.slug, cohort.number]
    page, line = absolute(reverse("waiting", args=here)), absolute(reverse("api_waiting", args=here))
    return problems.problem(409, refused, code=refused.code, waiting_list=page, line=line)


def _price(member: Any, cohort: Cohort, asked: dict[str, Any]) -> int:
    """Return what it costs now. Raises Refused with field "coupon" when the code takes nothing off any more."""
    fresh = pricing.with_amount(Cohort.objects.select_related("scholarship")).get(pk=cohort.pk)
    code, keep = asked["coupon"], not asked["use_credit"]
    now = seat_prices.asked(member, fresh, _kept_for(member, cohort), code=code, keep=keep)
    if now.trouble:
        raise now.trouble
    return now.price


def _kept_for(member: Any, cohort: Cohort) -> Enrollment | None:
    """Return the seat that is held for or offered to somebody: its price and its rule are agreed."""
    return cohort.enrollments.filter(person=member, state__in=Enrollment.HOLDS).first()


def _begin(member: Any, cohort: Cohort, asked: dict[str, Any]) -> Payment:
    choices: joining.Choices = {
        "subgroup": _subgroup(cohort, asked["subgroup"]),
        "seen": _seen(member, cohort, asked["price"]),
        "introduction": asked["introduction"],
        "came_from": as_kept(asked["came_from"]),
        "coupon": asked["coupon"],
        "credit": asked["use_credit"],
    }
    if asked["provider"]:
        choices["provider"] = _provider(member, cohort, asked["provider"])
    agreements.agree(member, recording=asked["recording"])
    return checkout.begin(member, cohort, **choices)


def _seen(member: Any, cohort: Cohort, price: int) -> str:
    agreed = _kept_for(member, cohort) or cohort
    return joining.offer(joining.Offer(price, agreed.currency, agreed.policy_id))


def _provider(member: Any, cohort: Cohort, asked: str) -> str:
    if asked not in ways.offered_to(cohort, member):
        raise Refused(_("That way to pay is not there any more. Choose another one."), field="provider")
    return asked


def _subgroup(cohort: Cohort, position: int | None) -> Subgroup | None:
    if position is None:
        return None
    found = cohort.subgroups.filter(position=position).first()
    if found is None:
        raise Refused(_("That subgroup is not there any more. Choose another one."), field="subgroup")
    return found

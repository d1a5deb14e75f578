"""Joining a cohort: a seat is held, and its payment has a page on which a person pays."""

from typing import Any, ClassVar, TypedDict

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts.api.mine import EnrollmentSerializer
from cohorts.models import Cohort, Enrollment, Subgroup
from cohorts.origin import PUBLIC_ID, as_kept
from cohorts.policies import public_cohorts
from payments.flows import checkout
from payments.models import Payment
from payments.services import agreements, payments
from studyplatform.kit import problems
from studyplatform.kit.api import Endpoint
from studyplatform.kit.errors import Refused
from studyplatform.kit.seo import absolute

FULL = ("sold_out", "being_paid", "waiting")  # a person waits in line on the page these problems name


class Paying(TypedDict):
    """How the seat is paid for. `pay_url` is for a person's browser; null when there is nothing to pay now."""

    id: str
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
        return {"id": payment.public_id, "state": payment.state, "pay_url": pay_url or None, "url": page}


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

    def validate_terms(self, agreed: bool) -> bool:
        """Nobody joins without."""
        if not agreed:
            raise serializers.ValidationError(_("Agree to the terms and the refund rule to join."))
        return agreed


class Join(Endpoint):
    """Hold a seat, or take a free one. Again: the same seat, as long as it can be paid for."""

    scopes: ClassVar[dict[str, str]] = {"POST": "join"}
    most: ClassVar[dict[str, tuple[str, int]]] = {"POST": ("join", 20)}
    serializer_class = JoinSerializer
    answers: ClassVar[dict[str, Any]] = {"POST": SeatSerializer}

    def post(self, request: Request, slug: str, number: int) -> Response:
        cohort = get_object_or_404(public_cohorts(), study__slug=slug, number=number)
        try:
            payment = _begin(request.user, cohort, self.sent())
        except Refused as refused:
            if refused.code not in FULL:
                raise
            line = absolute(reverse("waiting", args=[slug, number]))
            return problems.problem(409, refused, code=refused.code, waiting_list=line)
        place: Any = Enrollment.objects.select_related("cohort__study").get(payment_lines__payment=payment)
        place.payment = payment
        return Response(SeatSerializer(place).data, status=201)


def _begin(member: Any, cohort: Cohort, asked: dict[str, Any]) -> Payment:
    subgroup = _subgroup(cohort, asked["subgroup"])
    agreements.agree(member, recording=asked["recording"])
    return checkout.begin(
        member,
        cohort,
        subgroup=subgroup,
        seen=payments.offer(payments.Offer(asked["price"], cohort.currency, cohort.policy_id)),
        introduction=asked["introduction"],
        came_from=as_kept(asked["came_from"]),
    )


def _subgroup(cohort: Cohort, position: int | None) -> Subgroup | None:
    if position is None:
        return None
    found = cohort.subgroups.filter(position=position).first()
    if found is None:
        raise Refused(_("That subgroup is not there any more. Choose another one."), field="subgroup")
    return found

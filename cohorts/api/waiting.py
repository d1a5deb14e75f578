"""Waiting for a seat: one's place in line, and letting it go."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts.api.mine import EnrollmentSerializer
from cohorts.models import Cohort, Enrollment
from cohorts.origin import PUBLIC_ID, as_kept
from cohorts.policies import public_cohorts
from cohorts.services import waiting
from studyplatform.kit.api import Endpoint


class WaitSerializer(serializers.Serializer):
    """What led somebody here."""

    came_from = serializers.RegexField(
        PUBLIC_ID, allow_blank=True, default="", help_text="The case study that led here."
    )


class PlaceInLineSerializer(EnrollmentSerializer):
    """One's place in line; its price is agreed when a seat is offered."""

    ahead = serializers.SerializerMethodField(help_text="How many people stand before it.")

    class Meta(EnrollmentSerializer.Meta):
        fields = (*EnrollmentSerializer.Meta.fields, "ahead")

    def get_ahead(self, enrollment: Enrollment) -> int:
        return waiting.ahead(enrollment)


class Line(Endpoint):
    """The line for a seat in a cohort that is full."""

    scopes: ClassVar[dict[str, str]] = {"POST": "join", "DELETE": "join"}
    most: ClassVar[dict[str, tuple[str, int]]] = dict.fromkeys(("POST", "DELETE"), ("waiting", 20))
    serializer_class = WaitSerializer
    answers: ClassVar[dict[str, Any]] = {"POST": PlaceInLineSerializer}

    def post(self, request: Request, slug: str, number: int) -> Response:
        """Stand in line. Again: the same place. Who is offered a seat has a letter, and takes it by joining."""
        place = waiting.wait(request.user, _cohort(slug, number), came_from=as_kept(self.sent()["came_from"]))
        return Response(PlaceInLineSerializer(place).data, status=201)

    def delete(self, request: Request, slug: str, number: int) -> Response:
        """Let one's place in line go, or the seat one was offered."""
        lined = Enrollment.objects.filter(person=request.user, state__in=("waitlisted", "offered"))
        waiting.leave(request.user, get_object_or_404(lined, cohort=_cohort(slug, number)))
        return Response(status=204)


def _cohort(slug: str, number: int) -> Cohort:
    return get_object_or_404(public_cohorts().select_related("study"), study__slug=slug, number=number)

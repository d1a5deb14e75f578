"""What is one's own: places in cohorts, coming sessions, turns; taking a turn and passing it on."""

import datetime
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts import clock
from cohorts.api.cohorts import Money
from cohorts.api.sessions import SessionSerializer
from cohorts.models import Enrollment, Presentation, Session
from cohorts.policies import agreeing_page, awaiting_a_yes, get_seen_session, places_of, sessions_of
from cohorts.services import presentations
from studyplatform.kit.api import Endpoint, Nothing
from studyplatform.kit.seo import absolute


class EnrollmentSerializer(serializers.ModelSerializer):
    """One's place in a cohort, at the price it was taken for."""

    id = serializers.SlugField(source="public_id")
    study = serializers.SlugField(source="cohort.study.slug")
    number = serializers.IntegerField(source="cohort.number")
    price = serializers.SerializerMethodField()
    hold_until = serializers.DateTimeField(default_timezone=datetime.UTC, allow_null=True)
    joined_at = serializers.DateTimeField(default_timezone=datetime.UTC, allow_null=True)
    agree_url = serializers.SerializerMethodField(
        help_text="Where one agrees to what holds for this place before its cohort opens; null: nothing is awaited."
    )

    class Meta:
        model = Enrollment
        fields: tuple[str, ...] = (
            *("id", "study", "number", "state", "price", "hold_until", "joined_at", "introduction", "agree_url"),
        )

    def get_price(self, enrollment: Enrollment) -> Money:
        return {"amount": enrollment.price, "currency": enrollment.currency}

    def get_agree_url(self, enrollment: Any) -> str | None:
        awaited = getattr(enrollment, "awaiting_a_yes", False)  # only a list brings people in who have not agreed
        return absolute(agreeing_page(enrollment.cohort)) if awaited else None


class MySessionSerializer(SessionSerializer):
    """A session one takes part in, with its page and the door to it (for a browser that is signed in)."""

    study = serializers.SlugField(source="cohort.study.slug")
    cohort = serializers.IntegerField(source="cohort.number")
    subgroup = serializers.CharField(source="subgroup.topic", allow_null=True, default=None)
    url = serializers.SerializerMethodField()
    enter_url = serializers.SerializerMethodField()

    class Meta(SessionSerializer.Meta):
        fields = (*SessionSerializer.Meta.fields, "state", "study", "cohort", "subgroup", "url", "enter_url")

    def get_url(self, session: Session) -> str:
        return absolute(session.get_absolute_url())

    def get_enter_url(self, session: Session) -> str:
        return absolute(reverse("session_enter", args=session.address_parts))


class TurnSerializer(serializers.ModelSerializer):
    """One's turn in a session."""

    session = MySessionSerializer()

    class Meta:
        model = Presentation
        fields = ("position", "minutes", "state", "session")


class ReasonSerializer(serializers.Serializer):
    """Why a turn is passed on; the host and the partner read it."""

    reason = serializers.CharField(max_length=300)


class Mine(ListModelMixin, Endpoint):
    """A list of what is one's own."""

    scopes: ClassVar[dict[str, str]] = {"GET": "read"}

    def get(self, request: Request) -> Response:
        return self.list(request)


class Enrollments(Mine):
    """One's places in cohorts, newest first."""

    serializer_class = EnrollmentSerializer
    order = ("-created_at", "-pk")

    def get_queryset(self) -> Any:
        return places_of(self.request.user).select_related("cohort__study")


class MySessions(Mine):
    """The calendar: sessions one takes part in that are not over, soonest first."""

    serializer_class = MySessionSerializer
    order = ("starts_at", "pk")

    def get_queryset(self) -> Any:
        return clock.coming(sessions_of(self.request.user))


class Turns(Mine):
    """One's turns that were not passed on, the latest first."""

    serializer_class = TurnSerializer
    order = ("-claimed_at", "-pk")

    def get_queryset(self) -> Any:
        own = Presentation.objects.filter(enrollment__person=self.request.user.pk).exclude(state="passed")
        own = own.exclude(enrollment__in=awaiting_a_yes(self.request.user))
        return own.select_related("session__cohort__study", "session__subgroup")


class TakeTurn(Endpoint):
    """Take the first free turn of a session."""

    scopes: ClassVar[dict[str, str]] = {"POST": "join"}
    serializer_class = Nothing
    answers: ClassVar[dict[str, Any]] = {"POST": TurnSerializer}

    def post(self, request: Request, public_id: str) -> Response:
        session = get_seen_session(request.user, public_id)
        turn = presentations.claim(request.user, session)
        turn.session = session
        return Response(TurnSerializer(turn).data, status=201)


class PassTurn(Endpoint):
    """Pass one's own turn in a session on, with a word why."""

    scopes: ClassVar[dict[str, str]] = {"POST": "join"}
    serializer_class = ReasonSerializer

    def post(self, request: Request, public_id: str) -> Response:
        session = get_seen_session(request.user, public_id)
        own = Presentation.objects.filter(session=session, enrollment__person=request.user.pk).exclude(state="passed")
        sent = self.sent()
        presentations.pass_on(request.user, get_object_or_404(own), sent["reason"])
        return Response(sent, status=201)

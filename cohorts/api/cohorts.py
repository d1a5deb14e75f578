"""Cohorts that have opened: when they meet, what they cost, whether a seat is free."""

import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts import presale, pricing
from cohorts.models import Cohort
from cohorts.policies import PUBLIC_STATES, public_cohorts, with_a_free_seat
from studyplatform.kit.api import Endpoint
from studyplatform.kit.seo import absolute


class Money(TypedDict):
    """An amount in the smallest unit of its currency."""

    amount: int
    currency: str


class SeatsLeft(TypedDict):
    """How many people fit, for how many there is room now, and how many wait in line."""

    capacity: int
    free: int
    waiting: int


class First(TypedDict):
    """From when who comes before everybody may join, null where nobody does; and to how many seats."""

    alumni_from: datetime.datetime | None
    followers_from: datetime.datetime | None
    seats: int | None


class CohortSerializer(serializers.ModelSerializer):
    """A cohort as its page shows it to everybody."""

    study = serializers.SlugField(source="study.slug")
    language = serializers.ChoiceField(settings.LANGUAGES, source="study.language")
    joinable = serializers.SerializerMethodField()
    opens_at = serializers.DateTimeField(default_timezone=datetime.UTC, allow_null=True)
    presale = serializers.SerializerMethodField()
    ends_on = serializers.DateField()
    price = serializers.SerializerMethodField()
    seats = serializers.SerializerMethodField()
    minimum_by = serializers.DateTimeField(default_timezone=datetime.UTC, allow_null=True)
    closes_at = serializers.DateTimeField(default_timezone=datetime.UTC)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Cohort
        fields = (
            *("study", "number", "language", "state", "joinable", "starts_on", "ends_on", "weeks", "meets_at"),
            *("minutes", "zone", "price", "seats", "minimum", "minimum_by", "opens_at", "presale", "closes_at"),
            *("posts_needed", "url"),
        )

    def get_joinable(self, cohort: Cohort) -> bool:
        """Whether everybody may join now, if a seat is free."""
        return cohort.is_joinable and cohort.is_on_sale

    def get_presale(self, cohort: Cohort) -> First:
        windows = presale.windows(cohort)
        alumni, followers = windows.get("alumni"), windows.get("followers")
        return {"alumni_from": alumni, "followers_from": followers, "seats": cohort.presale_seats}

    def get_price(self, cohort: Any) -> Money:
        return {"amount": cohort.amount or 0, "currency": cohort.currency}

    def get_seats(self, cohort: Cohort) -> SeatsLeft:
        return {"capacity": cohort.seats.capacity, "free": cohort.seats.free, "waiting": cohort.seats.waiting}

    def get_url(self, cohort: Cohort) -> str:
        return absolute(cohort.get_absolute_url())


class CohortQuery(serializers.Serializer):
    """Which cohorts are asked for."""

    state = serializers.ChoiceField([(state.value, state.label) for state in PUBLIC_STATES], required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False, source="study__language")
    free = serializers.BooleanField(required=False, default=None, allow_null=True, help_text="Whether a seat is free.")


def shown() -> Any:
    """Return public cohorts with all the API says of them, in one query."""
    return pricing.with_amount(public_cohorts().select_related("study", "seats"))


class Listed(ListModelMixin, Endpoint):
    """Cohorts, those that start last first."""

    serializer_class = CohortSerializer
    query = CohortQuery
    order = ("-starts_on", "study__slug", "-number")

    def get_queryset(self) -> Any:
        asked = self.asked
        free = asked.pop("free")
        found = shown().filter(**asked, **self.kwargs)
        room = with_a_free_seat()
        return found if free is None else found.filter(room) if free else found.exclude(room)


class Cohorts(Listed):
    """Cohorts of every study, those that start last first."""

    def get(self, request: Request) -> Response:
        return self.list(request)


class CohortsOfStudy(Listed):
    """Cohorts of a study, those that start last first."""

    def get(self, request: Request, study__slug: str) -> Response:
        return self.list(request)


class OneCohort(Endpoint):
    """A cohort."""

    serializer_class = CohortSerializer
    lookup_field = "number"

    def get_queryset(self) -> Any:
        return shown()

    def get(self, request: Request, slug: str, number: int) -> Response:
        cohort = get_object_or_404(shown(), study__slug=slug, number=number)
        return Response(self.get_serializer(cohort).data)

"""Sessions: those of a whole cohort, for everybody, without where they meet."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts.models import Session
from cohorts.policies import public_cohorts
from studyplatform.kit.api import Endpoint


class SessionSerializer(serializers.ModelSerializer):
    """When a session meets, on the cohort's clock."""

    id = serializers.SlugField(source="public_id")
    starts_at = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields: tuple[str, ...] = ("id", "number", "title", "starts_at", "minutes", "turns")

    def get_starts_at(self, session: Session) -> str:
        return session.starts_at.astimezone(session.cohort.tz).isoformat()


class Sessions(ListModelMixin, Endpoint):
    """Sessions of a whole cohort that are to take place or took place, in order."""

    serializer_class = SessionSerializer
    order = ("starts_at", "number")

    def get_queryset(self) -> Any:
        cohort = get_object_or_404(public_cohorts(), study__slug=self.kwargs["slug"], number=self.kwargs["number"])
        planned = Session.objects.filter(cohort=cohort, subgroup=None, state=Session.State.PLANNED)
        return planned.select_related("cohort")

    def get(self, request: Request, slug: str, number: int) -> Response:
        return self.list(request)

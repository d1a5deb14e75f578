"""Subgroups of a cohort, without where they meet and chat."""

from typing import Any, TypedDict

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts import faces
from cohorts.models import Subgroup
from cohorts.policies import public_cohorts
from studyplatform.kit.api import Endpoint


class Person(TypedDict):
    """A person by the name others see."""

    name: str


class SubgroupSerializer(serializers.ModelSerializer):
    """A topic, a weekly time on the cohort's clock, who leads it, for how many there is room."""

    weekday = serializers.SerializerMethodField(help_text="1 is Monday, 7 is Sunday.")
    free = serializers.IntegerField(source="left")
    partner = serializers.SerializerMethodField()

    class Meta:
        model = Subgroup
        fields = ("position", "topic", "weekday", "meets_at", "minutes", "capacity", "free", "partner")

    def get_weekday(self, subgroup: Subgroup) -> int:
        return subgroup.weekday + 1

    def get_partner(self, subgroup: Any) -> Person | None:
        return {"name": subgroup.leader.name} if subgroup.leader else None


class Subgroups(ListModelMixin, Endpoint):
    """Subgroups of a cohort, in order."""

    serializer_class = SubgroupSerializer
    order = ("position",)

    def get_queryset(self) -> Any:
        cohort = get_object_or_404(public_cohorts(), study__slug=self.kwargs["slug"], number=self.kwargs["number"])
        return Subgroup.objects.filter(cohort=cohort).select_related("cohort")

    def paginate_queryset(self, queryset: Any) -> Any:
        """Give the subgroups of the page their partners, in one query."""
        return faces.with_partners(super().paginate_queryset(queryset))

    def get(self, request: Request, slug: str, number: int) -> Response:
        return self.list(request)

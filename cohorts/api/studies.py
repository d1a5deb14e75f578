"""Studies that everybody may see."""

from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts.models import Study
from cohorts.policies import public_studies
from studyplatform.kit.api import Endpoint
from studyplatform.kit.fields import FIELDS
from studyplatform.kit.seo import absolute


class StudySerializer(serializers.ModelSerializer):
    """What a study promises, and its page."""

    for_whom = serializers.SerializerMethodField()
    not_for = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Study
        fields = ("slug", "title", "promise", "language", "wording", "field", "for_whom", "not_for", "url")

    def get_for_whom(self, study: Study) -> list[str]:
        return _lines(study.for_whom)

    def get_not_for(self, study: Study) -> list[str]:
        return _lines(study.not_for)

    def get_url(self, study: Study) -> str:
        return absolute(study.get_absolute_url())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class StudyQuery(serializers.Serializer):
    """Which studies are asked for."""

    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    field = serializers.ChoiceField(FIELDS, required=False)


class Studies(ListModelMixin, Endpoint):
    """Studies, newest first."""

    serializer_class = StudySerializer
    query = StudyQuery
    order = ("-created_at", "slug")

    def get_queryset(self) -> Any:
        return public_studies().filter(**self.asked)

    def get(self, request: Request) -> Response:
        return self.list(request)


class OneStudy(RetrieveModelMixin, Endpoint):
    """A study."""

    serializer_class = StudySerializer
    lookup_field = "slug"

    def get_queryset(self) -> Any:
        return public_studies()

    def get(self, request: Request, slug: str) -> Response:
        return self.retrieve(request)

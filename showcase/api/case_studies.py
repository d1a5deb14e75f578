"""Case studies that everybody may read."""

import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts.models import Study
from cohorts.policies import PUBLIC_STATES
from showcase import reading
from showcase.models import CaseStudy
from showcase.policies import gone_case_studies, public_case_studies
from studyplatform.kit.api import Endpoint
from studyplatform.kit.fields import FIELDS
from studyplatform.kit.seo import absolute


class Author(TypedDict):
    """Who wrote it, by the name others see."""

    name: str


class WrittenIn(TypedDict):
    """The cohort it was written in."""

    study: str
    number: int


class Link(TypedDict):
    """Another post."""

    id: str
    title: str
    url: str


class Recipe(TypedDict, total=False):
    """How to do the same."""

    tools: list[str]
    inputs: str
    steps: list[str]
    time: str
    result: str
    failed: str


class CaseStudySerializer(serializers.ModelSerializer):
    """A post as lists show it."""

    id = serializers.SlugField(source="public_id")
    author = serializers.SerializerMethodField()
    cohort = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField(default_timezone=datetime.UTC)
    edited_at = serializers.DateTimeField(default_timezone=datetime.UTC, allow_null=True)

    class Meta:
        model = CaseStudy
        fields: tuple[str, ...] = (
            *("id", "title", "summary", "language", "field", "author", "cohort"),
            *("published_at", "edited_at", "url"),
        )

    def get_author(self, post: CaseStudy) -> Author:
        return {"name": post.author.name}

    def get_cohort(self, post: CaseStudy) -> WrittenIn | None:
        cohort = post.enrollment.cohort if post.enrollment else None
        if cohort is None or cohort.state not in PUBLIC_STATES or cohort.study.state != Study.State.PUBLIC:
            return None
        return {"study": cohort.study.slug, "number": cohort.number}

    def get_url(self, post: CaseStudy) -> str:
        return absolute(post.get_absolute_url())


class WholeCaseStudySerializer(CaseStudySerializer):
    """A post to read: its text, its recipe, what it was made from and what was made from it."""

    html = serializers.SerializerMethodField(help_text="Made safe: only text, lists, tables and our own pictures.")
    recipe = serializers.SerializerMethodField()
    parent = serializers.SerializerMethodField()
    remixes = serializers.SerializerMethodField()

    class Meta(CaseStudySerializer.Meta):
        fields = (*CaseStudySerializer.Meta.fields, "html", "recipe", "credit", "parent", "remixes")

    def get_html(self, post: CaseStudy) -> str:
        return post.html.replace('src="/pictures/', f'src="{settings.SITE_URL}/pictures/')

    def get_recipe(self, post: CaseStudy) -> Recipe:
        return post.recipe  # type: ignore[no-any-return]

    def get_parent(self, post: CaseStudy) -> Link | None:
        return _link(post.parent) if post.parent and post.parent.is_public else None

    def get_remixes(self, post: Any) -> list[Link]:
        return [_link(other) for other in post.shown_remixes]


def _link(post: CaseStudy) -> Link:
    return {"id": post.public_id, "title": post.title, "url": absolute(post.get_absolute_url())}


class CaseStudyQuery(serializers.Serializer):
    """Which posts are asked for."""

    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    field = serializers.ChoiceField(FIELDS, required=False)
    study = serializers.SlugField(required=False, source="enrollment__cohort__study__slug")


class CaseStudies(ListModelMixin, Endpoint):
    """Case studies, newest first."""

    serializer_class = CaseStudySerializer
    query = CaseStudyQuery
    order = ("-published_at", "-pk")

    def get_queryset(self) -> Any:
        return reading.for_lists(public_case_studies()).filter(**self.asked)

    def get(self, request: Request) -> Response:
        return self.list(request)


class Gone(exceptions.APIException):
    """A post that was public and is removed."""

    status_code = 410
    default_code = "gone"
    default_detail = "This case study is gone."


class OneCaseStudy(Endpoint):
    """A case study."""

    serializer_class = WholeCaseStudySerializer
    lookup_field = "public_id"

    def get_queryset(self) -> Any:
        return reading.with_page_columns(public_case_studies())

    def get(self, request: Request, public_id: str) -> Response:
        post = self.get_queryset().filter(public_id=public_id).first()
        if post is None:
            raise Gone if gone_case_studies().filter(public_id=public_id).exists() else Http404
        remixes = public_case_studies().filter(parent=post).order_by("-published_at")
        post.shown_remixes = remixes[: reading.REMIXES]
        return Response(self.get_serializer(post).data)

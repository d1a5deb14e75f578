"""What programs send and get when their person writes: a post as its author has it, drafts, changes, pictures."""

import datetime
from typing import Any, TypedDict

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from showcase.api.case_studies import Recipe
from showcase.content import content_of
from showcase.forms.case_study import LONGEST
from showcase.models import CaseStudy, Picture
from studyplatform.kit.fields import FIELDS
from studyplatform.kit.seo import absolute

WORDS = ("title", "summary", "html", "language", "field", "visibility")


class WrittenSerializer(serializers.ModelSerializer):
    """A post as its author has it: with what is saved and not shown to readers yet."""

    id = serializers.SlugField(source="public_id")
    title = serializers.CharField(allow_blank=True, max_length=90, source="content.title")
    summary = serializers.CharField(allow_blank=True, max_length=200, source="content.summary")
    html = serializers.CharField(allow_blank=True, source="content.html")
    language = serializers.ChoiceField(settings.LANGUAGES, source="content.language")
    field = serializers.ChoiceField(FIELDS, source="content.field")
    visibility = serializers.ChoiceField(CaseStudy.Visibility.choices, source="content.visibility")
    recipe = serializers.SerializerMethodField()
    enrollment = serializers.SerializerMethodField(help_text="The place it was written in.")
    session = serializers.SerializerMethodField(help_text="The session whose turn it is for.")
    remix_of = serializers.SlugField(source="parent.public_id", allow_null=True, default=None)
    pending = serializers.SerializerMethodField(help_text="Whether readers see an older text than this.")
    published_at = serializers.DateTimeField(default_timezone=datetime.UTC, allow_null=True)
    saved_at = serializers.DateTimeField(default_timezone=datetime.UTC)
    edit_url = serializers.SerializerMethodField()

    class Meta:
        model = CaseStudy
        fields = (
            *("id", "state", "version", *WORDS, "recipe", "enrollment", "session", "remix_of", "credit"),
            *("pending", "published_at", "saved_at", "edit_url"),
        )

    def to_representation(self, post: Any) -> dict[str, Any]:
        """Show the pending edits of a published post, as the editor does."""
        post.content = content_of(post)
        return super().to_representation(post)  # type: ignore[no-any-return]

    def get_recipe(self, post: Any) -> Recipe:
        return post.content.recipe  # type: ignore[no-any-return]

    def get_enrollment(self, post: CaseStudy) -> str | None:
        return post.enrollment.public_id if post.enrollment else None

    def get_session(self, post: CaseStudy) -> str | None:
        return post.presentation.session.public_id if post.presentation else None

    def get_pending(self, post: CaseStudy) -> bool:
        return bool(post.pending)

    def get_edit_url(self, post: CaseStudy) -> str:
        return absolute(reverse("case_edit", args=[post.public_id]))


class RecipeSerializer(serializers.Serializer):
    """How to do the same. A part that is not sent is empty."""

    tools = serializers.ListField(child=serializers.CharField(max_length=200), max_length=40, required=False)
    inputs = serializers.CharField(max_length=8000, allow_blank=True, required=False)
    steps = serializers.ListField(child=serializers.CharField(max_length=500), max_length=40, required=False)
    time = serializers.CharField(max_length=80, allow_blank=True, required=False)
    result = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    failed = serializers.CharField(max_length=1000, allow_blank=True, required=False)


class DraftSerializer(serializers.Serializer):
    """What one writes. Nothing is required to save; what is not sent stays as it is."""

    title = serializers.CharField(max_length=90, allow_blank=True, required=False)
    summary = serializers.CharField(max_length=200, allow_blank=True, required=False)
    html = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    field = serializers.ChoiceField(FIELDS, required=False)
    visibility = serializers.ChoiceField(CaseStudy.Visibility.choices, required=False)
    recipe = RecipeSerializer(required=False)
    enrollment = serializers.SlugField(
        allow_null=True, required=False, help_text="A place of yours it is written in, without a turn."
    )
    session = serializers.SlugField(
        allow_null=True, required=False, help_text="A session in which you have a turn; the post is for it."
    )


class NewSerializer(DraftSerializer):
    """A draft to begin."""

    remix_of = serializers.SlugField(
        allow_null=True, required=False, help_text="A case study you may read; its author is credited."
    )


class ChangeSerializer(DraftSerializer):
    """A change, made to the version one has read."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class PictureSerializer(serializers.Serializer):
    """A picture to add."""

    picture = serializers.FileField(help_text="JPEG, PNG, WebP, GIF or AVIF, at most 20 MB.")
    alt = serializers.CharField(max_length=200, allow_blank=True, required=False, help_text="What it shows.")


class Stored(TypedDict):
    """Where a picture is."""

    src: str


class StoredPictureSerializer(serializers.ModelSerializer):
    """A stored picture: put `<img src="…" alt="…">` with this `src` into the text."""

    src = serializers.SerializerMethodField()

    class Meta:
        model = Picture
        fields = ("src", "alt", "width", "height")

    def get_src(self, picture: Picture) -> str:
        return reverse("picture", args=[picture.public_id])

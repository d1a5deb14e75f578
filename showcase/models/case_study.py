"""Case studies: what members did, written so that others can follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.fields import FIELDS
from studyplatform.kit.ids import short_id


class CaseStudy(models.Model):
    """A post. `state` says whether it is out, `visibility` who may read it then."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        HIDDEN = "hidden", _("hidden")
        REMOVED = "removed", _("removed")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("everybody")
        COHORT = "cohort", _("my cohort")

    MOVES = {
        "draft": {"published", "removed"},
        "published": {"draft", "hidden", "removed"},
        "hidden": {"published", "removed"},
    }

    public_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="case_studies")
    enrollment = models.ForeignKey(
        "cohorts.Enrollment", null=True, blank=True, on_delete=models.PROTECT, related_name="case_studies"
    )  # the place it was written in
    presentation = models.OneToOneField(
        "cohorts.Presentation", null=True, blank=True, on_delete=models.PROTECT, related_name="case_study"
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="remixes")
    credit = models.CharField(max_length=200, blank=True)  # kept when the parent is gone
    title = models.CharField(max_length=90, blank=True)
    summary = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    field = models.CharField(max_length=20, choices=FIELDS, default="automation")
    html = models.TextField(blank=True)  # sanitised on write (showcase/sanitise.py)
    recipe = models.JSONField(default=dict, blank=True)  # tools, inputs, steps, time, result, failed
    pending = models.JSONField(null=True, blank=True)  # edits of a published post, out on "Update" only
    cover = models.ForeignKey("showcase.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC)
    kept_from_search = models.BooleanField(default=False, db_default=False)  # the author's own wish
    indexed = models.BooleanField(default=True)  # False: readable, but kept from search engines
    version = models.PositiveIntegerField(default=1)  # grows with every save; guards against two editors
    saved_in = models.CharField(max_length=30, blank=True)  # "<window>:<n>", so that a repeated save is known
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)  # the last change readers can see

    class Meta:
        verbose_name_plural = "case studies"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="published_has_date"
            )
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(state="published", visibility="public"),
                name="case_public",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.public_id

    @property
    def slug(self) -> str:
        """The readable part of its address; Hangul stays Hangul."""
        return slugify(self.title, allow_unicode=True)[:60].strip("-") or "case"

    def get_absolute_url(self) -> str:
        """Where readers find it: in public, or in its cohort's space when only the cohort may read it."""
        if self.visibility == self.Visibility.COHORT and self.enrollment:
            cohort = self.enrollment.cohort
            return reverse("cohort_case", args=[cohort.study.slug, cohort.number, self.public_id])
        return reverse("case_study", args=[self.public_id, self.slug])

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.state == self.State.PUBLISHED and self.visibility == self.Visibility.PUBLIC

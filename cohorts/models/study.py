"""A study: what a host runs again and again."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.fields import FIELDS
from studyplatform.kit.ids import short_id


class Wording(models.TextChoices):
    """What the host calls it; the machine is the same."""

    STUDY = "study", _("study")
    CLUB = "club", _("club")
    GATHERING = "gathering", _("gathering")
    LEAGUE = "league", _("league")


class Study(models.Model):
    """A promise, for whom, in which language. Shown to everybody once its first cohort opens."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLIC = "public", _("public")
        RETIRED = "retired", _("retired")

    MOVES = {"draft": {"public"}, "public": {"retired"}, "retired": {"public"}}

    slug = models.SlugField(max_length=60, unique=True, default=short_id)
    title = models.CharField(max_length=60)
    promise = models.CharField(max_length=200)
    for_whom = models.TextField(max_length=600, blank=True)  # one line each
    not_for = models.TextField(max_length=600, blank=True)  # one line each
    host_words = models.TextField(max_length=1500, blank=True)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    wording = models.CharField(max_length=12, choices=Wording.choices, default=Wording.STUDY)
    field = models.CharField(max_length=20, choices=FIELDS, default="automation")  # the dyes of its banner
    picture = models.ImageField(upload_to="studies/", blank=True)
    gives_seats = models.BooleanField(default=True, db_default=True)  # members may give their seat to somebody else
    payee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="paid_studies")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "studies"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("study", args=[self.slug])


class StudyRole(models.Model):
    """Who runs a study."""

    class Kind(models.TextChoices):
        HOST = "host", _("host")
        CO_HOST = "co-host", _("co-host")

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="roles")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="study_roles")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HOST)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "person"], name="role_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.study_id}"

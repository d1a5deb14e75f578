"""Comments: what readers say under a post, and what is said back, one level deep."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.ids import short_id


class Comment(models.Model):
    """Plain text. Its writer takes it back; the post's author and the people of the platform put it away."""

    class State(models.TextChoices):
        SHOWN = "shown", _("shown")
        TAKEN_BACK = "taken_back", _("taken back")
        HIDDEN = "hidden", _("put away")

    MOVES = {"shown": {"taken_back", "hidden"}, "hidden": {"shown"}}
    LONGEST = 2000  # letters

    public_id = models.CharField(max_length=10, unique=True, default=short_id, editable=False)
    case_study = models.ForeignKey("showcase.CaseStudy", on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answered_by")
    text = models.TextField(max_length=LONGEST)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SHOWN)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [models.CheckConstraint(condition=~Q(answers=F("id")), name="comment_answers_another")]
        indexes = [models.Index(fields=["case_study", "-at"], name="comment_of_post")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def anchor(self) -> str:
        """What names it within a page."""
        return f"comment-{self.public_id}"

    def get_absolute_url(self) -> str:
        """The page of all comments, at this one, however old it is."""
        return f"{reverse('comments', args=[self.case_study.public_id])}?comment={self.public_id}#{self.anchor}"

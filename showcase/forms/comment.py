"""What a reader fills in under a post."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from showcase.models import Comment
from studyplatform.kit.words import Words


class CommentForm(forms.Form):
    """The words; how long they may be is the verb's to say, since browsers count a line's end as one letter."""

    text = forms.CharField(
        label=_("Your comment"),
        help_text=_("Ask how it went, or say what happened when you tried it."),
        widget=Words(attrs={"rows": 4, "maxlength": Comment.LONGEST}),
        error_messages={"required": _("Write a word or two first.")},
    )

    def __init__(self, *args: Any, answers: Comment | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.answers = answers
        if answers:
            self.fields["text"].label = _("Your answer")
            self.fields["text"].help_text = ""

    def plan(self) -> dict[str, Any]:
        """Return what the verb gets."""
        return {"text": self.cleaned_data["text"], "answers": self.answers}

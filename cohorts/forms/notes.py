"""What a partner or host writes to a member, or about one for themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.words import Words


class NudgeForm(forms.Form):
    """A note that is sent as a letter."""

    words = forms.CharField(
        label=_("Your note"),
        help_text=_("It goes by letter, with your name. They answer you where you meet."),
        max_length=1000,
        widget=Words(attrs={"rows": 4}),
        error_messages={"required": _("Write a word to them first.")},
    )


class PartnerNoteForm(forms.Form):
    """What to remember."""

    words = forms.CharField(
        label=_("For yourself"),
        help_text=_("Only you and the host of the study read it. Leave it empty to forget it."),
        max_length=2000,
        required=False,
        widget=Words(attrs={"rows": 4}),
    )

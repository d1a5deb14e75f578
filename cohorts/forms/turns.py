"""What a member fills in about a turn."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PassOnForm(forms.Form):
    """Why a turn is passed on; the host and the partner read it."""

    reason = forms.CharField(
        label=_("Why can you not present?"),
        help_text=_("A few words are enough. Your partner and your host read them."),
        max_length=300,
        error_messages={"required": _("Say in a few words why, so that the others can plan.")},
    )

"""What somebody fills in who thanks for a turn."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Thanks
from studyplatform.kit.words import Words


class ThanksForm(forms.Form):
    """One sentence; how long it may be is the verb's to say, since browsers count a line's end as one letter."""

    words = forms.CharField(
        label=_("Your thanks, in a sentence"),
        help_text=_("What did it give you? Whoever was there can read it."),
        widget=Words(attrs={"rows": 2, "maxlength": Thanks.LONGEST}),
        error_messages={"required": _("Say in a sentence what it gave you.")},
    )

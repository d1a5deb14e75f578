"""What a member says about themselves in a cohort."""

from django import forms
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.words import Words


class IntroductionForm(forms.Form):
    """One line to introduce oneself with."""

    introduction = forms.CharField(
        label=_("Say hello in one line"),
        help_text=_("What you do, and one thing you would like to change."),
        max_length=200,
        widget=Words(attrs={"rows": 2}),
    )

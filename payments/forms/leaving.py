"""What somebody who leaves may say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.words import Words


class LeavingForm(forms.Form):
    """A word for the host, and the amounts the page showed (minor units)."""

    because = forms.CharField(
        label=_("What made you leave?"),
        help_text=_("Only the host reads it. It does not change what comes back."),
        max_length=300,
        required=False,
        widget=Words(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seen_credit = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def clean_seen_credit(self) -> int:
        """Return what of credit the page showed to come back (minor units)."""
        return self.cleaned_data["seen_credit"] or 0

"""What somebody who joins is asked, and what somebody who has joined may add."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Subgroup
from cohorts.origin import as_kept
from studyplatform.kit.words import Words

KEEP = "keep"


class JoinForm(forms.Form):
    """A subgroup or "place me", a line about oneself, what is agreed to."""

    subgroup = forms.ModelChoiceField(
        Subgroup.objects.none(),
        label=_("Subgroup"),
        required=False,
        error_messages={"invalid_choice": _("That subgroup is not there any more. Choose another one.")},
    )
    introduction = forms.CharField(
        label=_("A line about yourself"),
        help_text=_("What you do, and one thing you would like to change. The others read it before you meet."),
        max_length=200,
        required=False,
        widget=Words(attrs={"rows": 2}),
    )
    coupon = forms.CharField(
        label=_("Code"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    credit = forms.CharField(required=False, max_length=4, widget=forms.HiddenInput)  # "keep": not for this seat
    provider = forms.CharField(label=_("How do you want to pay?"), max_length=10, required=False)
    terms = forms.BooleanField(
        label=_("I agree to the terms and to the refund rule"),
        error_messages={"required": _("Tick this so that we can hold a seat for you.")},
    )
    recording = forms.BooleanField(
        label=_("I may be recorded when I speak in a session (optional)"),
        help_text=_("Recordings stay inside the cohort. You can change your mind later."),
        required=False,
    )
    came_from = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, cohort: Cohort, providers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.providers = providers
        groups: forms.ModelChoiceField[Subgroup] = self.fields["subgroup"]  # type: ignore[assignment]
        groups.queryset = cohort.subgroups.all()

    def clean_provider(self) -> str:
        """Return the way chosen, else the first there is."""
        chosen: str = self.cleaned_data["provider"]
        if chosen and chosen not in self.providers:
            raise forms.ValidationError(_("That way to pay is not there any more. Choose another one."))
        return chosen or self.providers[0]

    def clean_credit(self) -> bool:
        """Return whether their credit is used: it is, unless they keep it for another time."""
        return bool(self.cleaned_data["credit"] != KEEP)

    def clean_came_from(self) -> tuple[str, str]:
        """Return kind and id of the post that led here; anything that is no public id is left out."""
        return as_kept(self.cleaned_data["came_from"])

"""What somebody who moves to a later cohort chooses."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Subgroup


class MovingForm(forms.Form):
    """The later cohort by its number, a subgroup of it or "place me", and the move the page showed."""

    to = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)
    subgroup = forms.ModelChoiceField(
        Subgroup.objects.none(),
        label=_("Subgroup"),
        required=False,
        empty_label=_("Place me"),
        error_messages={"invalid_choice": _("That subgroup is not there any more. Choose another one.")},
    )

    def __init__(self, *args: Any, cohort: Cohort | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: forms.ModelChoiceField[Subgroup] = self.fields["subgroup"]  # type: ignore[assignment]
        groups.queryset = Subgroup.objects.filter(cohort=cohort)


class HostMovingForm(forms.Form):
    """The later cohort by its number, whether all that was paid comes along, and the move the page showed."""

    to = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=40, widget=forms.HiddenInput)
    whole = forms.BooleanField(required=False, widget=forms.HiddenInput)

"""What is asked for a new token."""

from django import forms
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts.models import ApiToken

DAYS = (("30", _("30 days")), ("365", _("a year")), ("", _("until I revoke it")))


class ApiTokenForm(forms.Form):
    """What it is for, what it may do, how long."""

    name = forms.CharField(label=_("What it is for"), max_length=60, help_text=_("So that you know it again."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    days = forms.ChoiceField(label=_("How long it works"), choices=DAYS, required=False)

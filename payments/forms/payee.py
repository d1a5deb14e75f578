"""Where a person is paid to."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from payments import numbers, rails

NAME = RegexValidator(  # what a bank's file keeps of it (payments/services/batches.py), with a letter or digit in it
    r"^[\w ().&-]*[^\W_][\w ().&-]*$", _("Letters, digits and spaces, as the bank knows the name.")
)


class CountryForm(forms.Form):
    """Where somebody lives decides how they can be paid."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", _("Choose a country")), *rails.countries()]
        self.fields["country"] = forms.ChoiceField(label=_("Country you live in"), choices=choices)


class PayeeForm(forms.Form):
    """A bank account; the number is sealed before it is kept."""

    bank = forms.CharField(label=_("Bank"), max_length=40, validators=[NAME])
    holder = forms.CharField(label=_("Name on the account"), max_length=60, validators=[NAME])
    account = forms.CharField(
        label=_("Account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Kept sealed. Only the last four digits are shown."),
    )
    country = forms.CharField(max_length=2, widget=forms.HiddenInput)

    def __init__(self, *args: Any, way: rails.Way, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), choices=[(code, code) for code in way.currencies]
        )

    def clean_account(self) -> str:
        """Keep the digits; refuse what cannot be an account number."""
        digits = numbers.digits(self.cleaned_data["account"])
        if not re.fullmatch(r"\d{8,20}", digits):
            raise forms.ValidationError(_("An account number has 8 to 20 digits. Dashes may stay."))
        return digits

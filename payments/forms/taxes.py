"""How somebody in Korea is taxed, and the number the tax office asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments import numbers
from payments.models import Taxpayer
from studyplatform.kit import tables

NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}


class TaxForm(forms.Form):
    """As a person, or as a business with its number and name."""

    kind = forms.ChoiceField(
        label=_("You are paid"),
        choices=[
            (Taxpayer.Kind.PERSON, _("As a person: 3.3 % is withheld")),
            (Taxpayer.Kind.BUSINESS, _("As a business: you send a tax invoice and get all of it")),
        ],
        widget=forms.RadioSelect,
    )
    business_number = forms.CharField(
        label=_("Business number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=NUMERIC),
        help_text=_("Only for a business: ten digits."),
    )
    business_name = forms.CharField(label=_("Name of the business"), max_length=60, required=False)
    pays_vat = forms.BooleanField(
        label=_("VAT is in what I earn"), required=False, help_text=_("Leave it empty if your business is exempt.")
    )

    def clean(self) -> dict[str, Any]:
        """A business has a number that can be one, and a name."""
        found = super().clean() or {}
        number = numbers.digits(found.get("business_number", ""))
        if found.get("kind") == Taxpayer.Kind.BUSINESS:
            if not numbers.is_business_number(number):
                self.add_error("business_number", _("This is no business number. Look at its ten digits again."))
            if not found.get("business_name"):
                self.add_error("business_name", _("Write the name the business is registered under."))
        return {**found, "business_number": number}


class ResidentForm(forms.Form):
    """A resident registration number; sealed before it is kept, never filled in again."""

    number = forms.CharField(
        label=_("Resident registration number"),
        max_length=20,
        widget=forms.PasswordInput(attrs=NUMERIC),
        help_text=_("13 digits. The dash may stay."),
    )

    def clean_number(self) -> str:
        """Keep the digits; refuse what cannot be one."""
        number = numbers.digits(self.cleaned_data["number"])
        if not numbers.is_resident_number(number):
            raise forms.ValidationError(_("This is no resident registration number. Look at its 13 digits again."))
        return number


class TaxFileForm(forms.Form):
    """Which year of whom, as what."""

    year = forms.IntegerField(min_value=2020, max_value=2099)
    of = forms.ChoiceField(choices=[(of, of) for of in ("people", "businesses", "companies")])
    ending = forms.ChoiceField(choices=[(ending, ending) for ending in tables.WRITERS])

"""What a host gives back of their own will."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts import prices
from studyplatform.kit import money
from studyplatform.kit.words import Words


class RefundForm(forms.Form):
    """An amount, why, and whether the seat ends; `key` names this one intent, `sure` says the preview was seen."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("They read it in the letter that tells them of the money."),
        max_length=300,
        widget=Words(attrs={"rows": 3}),
    )
    ends = forms.BooleanField(
        label=_("They leave the cohort, too"),
        help_text=_("Their seat, group and turns are free at once."),
        required=False,
    )
    key = forms.RegexField(r"^[2-9a-z]{10}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency

    def clean_amount(self) -> int:
        """Return minor units."""
        try:
            return money.parse(self.cleaned_data["amount"], self.currency)
        except (ValueError, ArithmeticError):
            example = money.show(prices.least(self.currency) * 10, self.currency)
            raise forms.ValidationError(gettext("Write an amount, like %(example)s.") % {"example": example}) from None

"""What a host promises members off their next seat, and why they take it back."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts import prices, weekly
from cohorts.forms.inputs import DayInput
from cohorts.models import Cohort, Credit
from studyplatform.kit import money
from studyplatform.kit.words import Words


class CreditForm(forms.Form):
    """An amount in the currency of a cohort, a word with it, until when; `key` names this one intent."""

    amount = forms.CharField(
        label=_("Amount"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    words = forms.CharField(
        label=_("A word to go with it"),
        help_text=_("They read it in the letter that brings the credit."),
        max_length=300,
        widget=Words(attrs={"rows": 3}),
    )
    ends_on = forms.DateField(
        label=_("Until the end of"), widget=DayInput(), required=False, help_text=_("Left empty it does not run out.")
    )
    key = forms.RegexField(r"^[2-9a-z]{10}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, cohort: Cohort, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency, self.zone = cohort.currency, ZoneInfo(cohort.zone)

    def clean_amount(self) -> int:
        """Return minor units."""
        try:
            return money.parse(self.cleaned_data["amount"], self.currency)
        except (ValueError, ArithmeticError):
            example = money.show(prices.least(self.currency) * 10, self.currency)
            raise forms.ValidationError(gettext("Write an amount, like %(example)s.") % {"example": example}) from None

    def clean_ends_on(self) -> datetime.datetime | None:
        """Return the end of the day as a moment in UTC, if it is still to come."""
        day = self.cleaned_data["ends_on"]
        end = weekly.end_of(day, self.zone) if day else None
        if end and end <= timezone.now():
            raise forms.ValidationError(gettext("That day is over. Choose a later one, or leave it empty."))
        return end

    def plan(self) -> dict[str, Any]:
        """Return the values as the verb takes them."""
        plan = dict(self.cleaned_data)
        ends_at = plan.pop("ends_on")
        return {**plan, "ends_at": ends_at, "currency": self.currency}


class CrowdForm(CreditForm):
    """The same for many members of a cohort at once."""

    whom = forms.ChoiceField(
        label=_("Who gets it"),
        choices=Credit.Whom.choices,
        widget=forms.RadioSelect,
    )
    field_order = ("whom",)


class TakingBackForm(forms.Form):
    """Why credit is taken back."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("They read it."), widget=Words(attrs={"rows": 2})
    )

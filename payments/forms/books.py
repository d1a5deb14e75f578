"""Which month of the books, as what."""

import re

from django import forms

from studyplatform.kit import tables
from studyplatform.kit.months import Month, MonthInAddress


class MonthForm(forms.Form):
    """A month as browsers write it."""

    month = forms.CharField()

    def clean_month(self) -> Month:
        """Read "2026-11"."""
        if not re.fullmatch(MonthInAddress.regex, self.cleaned_data["month"]):
            raise forms.ValidationError("no month")
        return MonthInAddress().to_python(self.cleaned_data["month"])


class BooksForm(MonthForm):
    """A month and the ending of the file."""

    ending = forms.ChoiceField(choices=[(ending, ending) for ending in tables.WRITERS])

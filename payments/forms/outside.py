"""A host's list of people who paid elsewhere: a file, or the lines themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.seat_lists import LARGEST
from studyplatform.kit import csv_import
from studyplatform.kit.errors import Refused
from studyplatform.kit.words import Words


class ListForm(forms.Form):
    """What was read of a file stands in `lines`, so that a line can be mended there and nothing is lost."""

    file = forms.FileField(
        label=_("Your list (CSV)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("Columns: email, name, amount; if you like subgroup and reference. At most 500 people at once."),
    )
    lines = forms.CharField(
        label=_("Or its lines"),
        required=False,
        max_length=LARGEST,
        strip=False,
        widget=Words(attrs={"rows": 6, "spellcheck": "false", "placeholder": "email,name,amount"}),
    )

    def clean(self) -> dict[str, Any]:
        """Return the lines of the file, or those that were typed."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("file"):
            cleaned["lines"] = self._read(cleaned["file"])
        elif not cleaned.get("lines", "").strip() and not self.errors:
            self.add_error("file", _("Choose a file, or write the lines."))
        return cleaned

    def _read(self, file: Any) -> str:
        if file.size > LARGEST:
            self.add_error("file", _("This file is too large. Give us part of it at a time."))
            return ""
        try:
            return csv_import.decoded(file.read())
        except Refused as refused:
            self.add_error("file", str(refused))
            return ""

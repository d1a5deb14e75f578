"""What a coupon takes off, for whom and how often."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cohorts import weekly
from cohorts.forms.inputs import DayInput, number
from cohorts.models import Cohort, Study
from cohorts.models.coupon import CODE
from studyplatform.kit import money


class CohortField(forms.ModelChoiceField[Cohort]):
    """A cohort by its number."""

    def label_from_instance(self, obj: Cohort) -> str:
        return obj.run_name


class CouponForm(forms.Form):
    """A code of a study: per cent or an amount in the currency of its cohorts."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Letters, digits or dashes. Capitals or not does not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    percent = number(_("Per cent off"), 1, 100, required=False, help_text=_("100 makes the seat free."))
    amount = forms.CharField(
        label=_("or an amount off"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    limit = number(_("How often in all"), 1, 10_000)
    ends_on = forms.DateField(label=_("Until the end of"), widget=DayInput(), required=False)
    cohort = CohortField(
        Cohort.objects.none(), label=_("Only for"), required=False, empty_label=_("every cohort of the study")
    )
    carried_by = forms.CharField(
        label=_("Who passes it on"),
        max_length=60,
        required=False,
        help_text=_("A partner, a friend, a newsletter: for you, to see what it brought."),
    )

    def __init__(self, *args: Any, study: Study, **options: Any) -> None:
        super().__init__(*args, **options)
        cohorts = study.cohorts.exclude(state__in=Cohort.OVER).select_related("study").order_by("-number")
        field: forms.ModelChoiceField[Cohort] = self.fields["cohort"]  # type: ignore[assignment]
        field.queryset = cohorts
        self.last = cohorts.first() or study.cohorts.order_by("-number").first()

    def clean_code(self) -> str:
        """Return the code as it is kept."""
        code = "".join(self.cleaned_data["code"].split()).upper()
        CODE(code)
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        percent, text = cleaned.get("percent"), (cleaned.get("amount") or "").strip()
        if bool(percent) == bool(text) and "percent" not in self.errors:
            self.add_error("percent", _("Give either per cent or an amount."))
        cleaned["amount"] = self._amount(text) if text else None
        return cleaned

    def _amount(self, text: str) -> int | None:
        try:
            amount = money.parse(text, self.currency)
            if amount > 0:
                return amount
        except (ValueError, ArithmeticError):
            pass
        self.add_error("amount", gettext("Write an amount, like %(example)s.") % {"example": "10,000"})
        return None

    @property
    def currency(self) -> str:
        """The currency of the cohort chosen, or of the study's latest."""
        cohort = self.cleaned_data.get("cohort") or self.last
        return cohort.currency if cohort else "KRW"

    def plan(self) -> dict[str, Any]:
        """Return the values as the verb takes them: the end as a moment in UTC."""
        plan = dict(self.cleaned_data)
        plan["ends_at"] = self._end(plan.pop("ends_on"))
        return {**plan, "currency": self.currency}

    def _end(self, day: datetime.date | None) -> datetime.datetime | None:
        zone = ZoneInfo(self.last.zone if self.last else "UTC")
        return weekly.end_of(day, zone) if day else None

"""What somebody who pays by deposit says, and what a host says of the account for it."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from cohorts.forms.inputs import number
from cohorts.models.terms import PER_CENT
from payments import numbers

NAME = RegexValidator(r"^[0-9A-Za-z가-힣 ().&-]+$", _("Letters, digits and spaces, as the bank knows the name."))


def digits_of(text: str) -> str:
    """Return the digits of an account number; raise ValidationError when it cannot be one."""
    digits = numbers.digits(text)
    if not re.fullmatch(r"[0-9]{8,20}", digits):
        raise forms.ValidationError(_("An account number has 8 to 20 digits. Dashes may stay."))
    return digits


class AccountForm(forms.Form):
    """A bank account; the number is sealed before it is kept."""

    bank = forms.CharField(label=_("Bank"), max_length=40, validators=[NAME])
    holder = forms.CharField(label=_("Name on the account"), max_length=60, validators=[NAME])
    account = forms.CharField(
        label=_("Account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Kept sealed. Only the last four digits are shown."),
    )

    def clean_account(self) -> str:
        """Return the digits."""
        typed = self.cleaned_data["account"]
        return digits_of(typed) if typed else ""


class DepositForm(AccountForm):
    """Who transfers, and where money would go back to."""

    field_order = ("depositor", "bank", "holder", "account")
    depositor = forms.CharField(
        label=_("Name you transfer under"),
        max_length=20,
        validators=[NAME],
        help_text=_("Most people’s own. If your company transfers, its name."),
    )


class PlanForm(AccountForm):
    """Whether a cohort takes deposits, into which account, for how long and how many seats."""

    field_order = ("on", "bank", "holder", "account", "hours", "share")
    on = forms.BooleanField(label=_("People may pay by bank deposit"), required=False)
    hours = number(_("Hours to pay in"), 1, 48, help_text=_("At most 48. The seat is held that long."))
    share = number(
        _("Seats that may wait for a deposit at once, %"),
        1,
        PER_CENT,
        help_text=_("The others stay free for who pays at once."),
    )

    def __init__(self, *args: Any, known: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("bank", "holder", "account"):
            self.fields[name].required = not known
        if known:
            self.fields["account"].help_text = _("Leave it empty to keep the account you named.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("account") and not (cleaned.get("bank") and cleaned.get("holder")):
            self.add_error("bank", _("Say whose account it is and at which bank."))
        return cleaned

    def plan(self) -> dict[str, Any]:
        """Return the values as the verb takes them: the share in basis points."""
        return {**self.cleaned_data, "share": self.cleaned_data["share"] * PER_CENT}

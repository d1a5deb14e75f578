"""A wish for a cash receipt, and what Hometax said when it was issued."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments import numbers
from payments.models import CashReceipt


class CashReceiptForm(forms.Form):
    """What for, and the number it goes to: a phone for a person, a business number for a business."""

    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=CashReceipt.Purpose.choices, widget=forms.RadioSelect
    )
    number = forms.CharField(
        label=_("Mobile phone or business number"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Your mobile number for yourself, ten digits for a business. Dashes may stay."),
    )

    def clean(self) -> dict[str, Any]:
        """The number fits the purpose."""
        found = super().clean() or {}
        number = numbers.digits(found.get("number", ""))
        business = found.get("purpose") == CashReceipt.Purpose.BUSINESS
        if number and business and not numbers.is_business_number(number):
            self.add_error("number", _("This is no business number. Look at its ten digits again."))
        if number and not business and not numbers.is_mobile_number(number):
            self.add_error("number", _("This is no Korean mobile number. It begins with 010."))
        return {**found, "number": number}


class IssuedForm(forms.Form):
    """The approval number Hometax gives, and the day."""

    approval = forms.RegexField(
        label=_("Approval number"),
        regex=r"^[0-9A-Z]{6,20}$",
        error_messages={"invalid": _("Digits as Hometax shows them.")},
    )
    day = forms.DateField(label=_("Issued on"), widget=forms.DateInput(attrs={"type": "date"}))

"""What a company says that wants seats for its people, and whom it names."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator, validate_email
from django.utils.translation import gettext_lazy as _

from cohorts.forms.inputs import number
from cohorts.models import Cohort
from cohorts.models.seat_group import LEAST, MOST
from payments import numbers
from payments.forms.join import JoinForm
from studyplatform.kit.words import Words

PLAIN = RegexValidator(r"^[^\x00-\x1f<>]+$", _("Letters, digits and spaces."))


class QuoteForm(forms.Form):
    """Who asks, for how many seats, in which language."""

    company = forms.CharField(label=_("Company"), max_length=80, validators=[PLAIN])
    business_number = forms.CharField(
        label=_("Business number"),
        max_length=14,
        required=False,
        help_text=_("In Korea: ten digits, dashes may stay. Elsewhere leave it empty."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    contact = forms.CharField(label=_("Contact"), max_length=60, validators=[PLAIN])
    contact_email = forms.EmailField(label=_("E-mail for the invoice"), max_length=120)
    size = number(_("How many seats?"), LEAST, MOST)
    language = forms.ChoiceField(label=_("Language of the quote"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, cohort: Cohort, **options: Any) -> None:
        super().__init__(*args, **options)
        most = min(MOST, cohort.seats.capacity)
        self.fields["size"] = number(_("How many seats?"), LEAST, most)
        self.fields["size"].help_text = _("Names can come later. From 2 to %(most)s.") % {"most": most}

    def clean_business_number(self) -> str:
        """Return the ten digits, or nothing."""
        digits = numbers.digits(self.cleaned_data["business_number"])
        if digits and not numbers.is_business_number(digits):
            raise forms.ValidationError(_("This is no business number. Look at its ten digits again."))
        return digits


class PeopleForm(forms.Form):
    """Addresses of the people who get a seat, one in a line or parted by commas."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        max_length=20_000,
        widget=Words(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One in a line. Each gets a letter with a link that opens one seat."),
    )

    def clean_emails(self) -> list[str]:
        """Return the addresses. Raises ValidationError naming the first that is none."""
        found: list[str] = self.cleaned_data["emails"].replace(",", " ").replace(";", " ").split()
        for address in found:
            try:
                validate_email(address)
            except forms.ValidationError:
                raise forms.ValidationError(_("“%(what)s” is no e-mail address.") % {"what": address[:60]}) from None
        return found


class SeatsBackForm(forms.Form):
    """Which seats a company gives back, by their public ids, and the amount the page showed (minor units)."""

    seats = forms.MultipleChoiceField(
        label=_("Seats to give back"), error_messages={"required": _("Choose a seat to give back.")}
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, there: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        seats: Any = self.fields["seats"]
        seats.choices = [(name, name) for name in there]
        seats.error_messages["invalid_choice"] = _("Who sits on your seats has just changed. Choose again.")


class SeatForm(JoinForm):
    """What somebody is asked who sits down on a company's seat: all that joining asks, without paying."""

    attendance = forms.BooleanField(
        label=_("My company may see which sessions I was at (optional)"),
        help_text=_("Nothing else. You can change your mind later."),
        required=False,
    )
    coupon = provider = came_from = None  # type: ignore[assignment]

    def __init__(self, *args: Any, cohort: Cohort, **options: Any) -> None:
        super().__init__(*args, cohort=cohort, providers=[], **options)
        self.fields["terms"].label = _("I agree to the terms")

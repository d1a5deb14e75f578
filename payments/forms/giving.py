"""To whom a seat is given, and what whoever takes it agrees to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from studyplatform.kit.words import Words


class GivingForm(forms.Form):
    """Name and address of who shall have the seat, and a few words to them."""

    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(label=_("E-mail"), help_text=_("They take the seat with an account of this address."))
    words = forms.CharField(
        label=_("A few words to them"),
        max_length=300,
        required=False,
        widget=Words(attrs={"rows": 3}),
    )


class TakingForm(forms.Form):
    """What whoever takes a seat agrees to."""

    terms = forms.BooleanField(
        label=_("I agree to the terms and to the refund rule"),
        error_messages={"required": _("Tick this so that the seat can be yours.")},
    )
    recording = forms.BooleanField(
        label=_("I may be recorded when I speak in a session (optional)"),
        help_text=_("Recordings stay inside the cohort. You can change your mind later."),
        required=False,
    )

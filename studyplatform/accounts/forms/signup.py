"""What signing up asks besides address and password."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts import zones
from studyplatform.accounts.models import User
from studyplatform.accounts.services import people


def _link(name: str, words: Any) -> SafeString:
    return format_html('<a href="{}" target="_blank">{}</a>', reverse(name), words)


link = lazy(_link, SafeString)


def no_address(pen_name: str) -> None:
    """Refuse a pen name that gives away an address."""
    if "@" in pen_name:
        raise forms.ValidationError(_("Everybody sees this name, so it cannot be an e-mail address."))


class SignupExtras(forms.Form):
    """A pen name, the language and the time zone (the browser's is guessed), a yes to the texts."""

    pen_name = forms.CharField(
        label=_("Pen name"),
        max_length=40,
        validators=[no_address],
        help_text=_("The name others see. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": _("Tell us what to call you.")},
    )
    terms = forms.BooleanField(
        label=_("I am 14 or older and agree to the terms"),
        help_text=link("terms", _("Read the terms")),
        error_messages={"required": _("We need your yes to the terms before you can join.")},
    )
    privacy = forms.BooleanField(
        label=_("I agree to how my data is used"),
        help_text=link("privacy", _("Read how")),
        error_messages={"required": _("We need your yes to keep your account.")},
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, required=False)
    time_zone = forms.CharField(
        label=_("Time zone"),
        help_text=_("Session times are shown in it."),
        required=False,  # a strange one is left out
        max_length=60,
        widget=forms.Select(attrs={"data-time-zone": True}),
    )

    field_order = ("pen_name", "email", "password1", "language", "time_zone", "terms", "privacy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = get_language()
        self.fields["time_zone"].initial = settings.TIME_ZONE
        self.fields["time_zone"].widget.choices = zones.choices(settings.TIME_ZONE)

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the person is made."""
        people.join(
            user,
            pen_name=self.cleaned_data["pen_name"],
            speaks=self.cleaned_data["language"] or get_language() or "",
            time_zone=self.cleaned_data["time_zone"],
        )

"""What Django says under a field, in our voice: short, about this field, alike in every language."""

from typing import Any

from django import forms
from django.core import validators
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext_lazy

CHOOSE = _("Choose one of these.")
FIELDS: dict[Any, dict[str, Any]] = {
    forms.Field: {"required": _("This cannot be empty.")},
    forms.IntegerField: {"invalid": _("Type a whole number.")},
    forms.DateField: {"invalid": _("We cannot read this as a day.")},
    forms.TimeField: {"invalid": _("We cannot read this as a time.")},
    forms.URLField: {"invalid": _("This does not look like a link.")},
    forms.ChoiceField: {"invalid_choice": CHOOSE},
    forms.ModelChoiceField: {"invalid_choice": CHOOSE},
    forms.FileField: {"missing": _("No file arrived. Choose it again."), "empty": _("This file is empty.")},
    forms.ImageField: {"invalid_image": _("We could not read this picture. Try a JPEG or PNG file.")},
    models.Field: {"unique": _("This is taken. Choose another one.")},
}
VALIDATORS: dict[Any, Any] = {
    validators.MaxLengthValidator: _("At most %(limit_value)d characters. Yours has %(show_value)d."),
    validators.MinLengthValidator: _("At least %(limit_value)d characters. Yours has %(show_value)d."),
    validators.MaxValueValidator: _("At most %(limit_value)s."),
    validators.MinValueValidator: _("At least %(limit_value)s."),
    validators.EmailValidator: _("This does not look like an e-mail address."),
    validators.URLValidator: _("This does not look like a link."),
    validators.ProhibitNullCharactersValidator: _("There is a character here that cannot be used."),
}
# Sentences of Django and allauth that have no such place: named here so that our catalogue may translate them.
BORROWED = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("This password is too common."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("Your account has no password set up."),
    gettext_noop("Your account has no verified email address."),
    gettext_noop("You cannot disconnect your last remaining third-party account."),
    gettext_noop("The third-party account is already connected to a different account."),
    gettext_noop("The third-party account has been connected."),
    gettext_noop("The third-party account has been disconnected."),
)


def speak() -> None:
    """Give Django's fields and validators our sentences; a field's own still come first."""
    for field, sentences in FIELDS.items():
        own = vars(field).get("default_error_messages", {})
        field.default_error_messages = {**own, **sentences}
    for validator, sentence in VALIDATORS.items():
        validator.message = sentence

"""The forms of signing in and up, with our labels; allauth does the work."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.conf import settings
from django.core.validators import EmailValidator
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LABELS = {
    "email": _("E-mail"),
    "login": _("E-mail"),
    "password": _("Password"),
    "password1": _("Password"),
    "code": _("Code"),
    "oldpassword": _("Current password"),
}
REQUIRED = {
    "email": _("Type your e-mail address."),
    "login": _("Type your e-mail address."),
    "password": _("Type your password."),
    "password1": _("Choose a password."),
    "password2": _("Type the password once more."),
    "code": _("Type the code from the letter."),
    "oldpassword": _("Type your current password."),
}
HELPLESS = ("password", "password1", "password2", "oldpassword")
LENGTH = _("At least 8 characters.")
INVALID = _("This does not look like an e-mail address.")


class Plain:
    """Labels above the fields, no placeholders, sentences for what is missing."""

    labels: dict[str, Any] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name) or LABELS.get(name) or field.label
            if name in REQUIRED:
                field.error_messages["required"] = REQUIRED[name]
            if name in HELPLESS:
                field.help_text = LENGTH if name == "password1" and settings.AUTH_PASSWORD_VALIDATORS else ""
            field.validators = [
                EmailValidator(INVALID) if isinstance(one, EmailValidator) else one for one in field.validators
            ]


class Code(Plain):
    """A code is typed as digits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True, "class": "input-code"}
        self.fields["code"].widget.attrs.update(given)


class SignupForm(Plain, allauth.SignupForm):
    """Address, password, and what SignupExtras asks."""

    def save(self, request: HttpRequest) -> Any:
        """Make the person with profile and consents at once, or not at all."""
        with transaction.atomic():
            return super().save(request)


class LoginForm(Plain, allauth.LoginForm):
    """Address and password."""


class RequestLoginCodeForm(Plain, allauth.RequestLoginCodeForm):
    """Where a sign-in code goes."""


class ConfirmLoginCodeForm(Code, allauth.ConfirmLoginCodeForm):
    """The code to sign in with."""


class ConfirmEmailCodeForm(Code, allauth.ConfirmEmailVerificationCodeForm):
    """The code that proves an address."""


class AddEmailForm(Plain, allauth.AddEmailForm):
    """A new address."""

    labels = {"email": _("New e-mail address")}


class ChangeEmailForm(Plain, allauth.ChangeEmailForm):
    """Another address than the one just typed."""


class ResetPasswordForm(Plain, allauth.ResetPasswordForm):
    """Where the link to a new password goes."""


class ResetPasswordKeyForm(Plain, allauth.ResetPasswordKeyForm):
    """A new password, after the link."""

    labels = {"password1": _("New password"), "password2": _("New password, once more")}


class ChangePasswordForm(Plain, allauth.ChangePasswordForm):
    """A new password for the old one."""

    labels = {"password1": _("New password"), "password2": _("New password, once more")}


class SetPasswordForm(Plain, allauth.SetPasswordForm):
    """A first password."""

    labels = {"password2": _("Password, once more")}


class ReauthenticateForm(Plain, allauth.ReauthenticateForm):
    """The password, asked again before something that matters."""

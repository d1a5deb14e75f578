"""Letters about signing in. They carry keys to accounts, so they cannot be stopped, and codes run out."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts.models import User
from studyplatform.kit.ids import secret_token
from studyplatform.mail.models import Letter
from studyplatform.mail.services import letters

CODE_LIFE = datetime.timedelta(minutes=15)
LINK_LIFE = datetime.timedelta(days=1)

TEMPLATES = {  # allauth's name for a letter: our template, and until when it is worth sending
    "email_confirmation_signup": ("accounts/join_code", CODE_LIFE),
    "email_confirmation": ("accounts/address_code", CODE_LIFE),
    "login_code": ("accounts/sign_in_code", CODE_LIFE),
    "password_reset_key": ("accounts/password_reset", LINK_LIFE),
    "account_already_exists": ("accounts/account_exists", LINK_LIFE),
    "unknown_account": ("accounts/unknown_account", LINK_LIFE),
}
NOTICES = {
    "email_changed": _("Your sign-in address is now {to_email}. Before, it was {from_email}."),
    "email_confirm": _("Your e-mail address is confirmed."),
    "email_deleted": _("{deleted_email} is removed from your account."),
    "password_changed": _("Your password is changed."),
    "password_reset": _("Your password is changed, after a link sent to this address."),
    "password_set": _("Your account now has a password."),
    "account_connected": _("You can now sign in with another service."),
    "account_disconnected": _("A service you signed in with is disconnected."),
}
OTHER = _("Something about how you sign in has changed.")


def from_allauth(prefix: str, email: str, context: dict[str, Any]) -> Letter | None:
    """Write the letter allauth asks for, in the person's language; an unknown address gets the page's."""
    name = prefix.rpartition("/")[2]
    template, life = TEMPLATES.get(name, ("accounts/notice", LINK_LIFE))
    shown = {**_shown(context), "email": email, "sentence": _sentence(name, context), "at": timezone.now()}
    common: dict[str, Any] = {
        "key": f"{Letter.OPENS}{secret_token()}",
        "template": template,
        "context": shown,
        "expires_at": timezone.now() + life,
    }
    person = _person(email, context)
    if person:
        return letters.write(to=person, address=email, **common)
    return letters.write_to_address(email, language=get_language() or "en", **common)


def _person(email: str, context: dict[str, Any]) -> User | None:
    known = context.get("user")
    return known if isinstance(known, User) else User.objects.filter(email__iexact=email).first()


def _shown(context: dict[str, Any]) -> dict[str, Any]:
    return {name: context.get(name, "") for name in ("code", "password_reset_url", "signup_url")}


def _sentence(name: str, context: dict[str, Any]) -> Any:
    fillings = {part: context.get(part, "") for part in ("from_email", "to_email", "deleted_email")}
    return format_lazy(NOTICES.get(name, OTHER), **fillings)


def write_to_whoever(email: str, *, language: str, key: str, kind: str = "", **options: Any) -> None:
    """Write to who has an address, as `write` does for an account and in `language` where there is none.

    There the letter is the key to what it is about, so nobody else reads it.
    """
    known = User.objects.filter(email__iexact=email, is_active=True, erased_at=None).first()
    if known:
        letters.write(to=known, key=key, kind=kind, **options)
    else:
        letters.write_to_address(email, language=language, key=f"{Letter.OPENS}{key}", **options)

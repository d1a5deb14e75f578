"""How allauth meets the rest: its letters are rows like all others, its redirects stay here, its words are ours."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts import letters
from studyplatform.kit import redirects

SENTENCES = {
    "password_changed": _("Your password is changed."),
    "password_set": _("Your password is set."),
    "email_confirmed": _("Your e-mail address is confirmed."),
    "email_deleted": _("The address is removed from your account."),
}


class AccountAdapter(DefaultAccountAdapter):
    """See allauth's adapter for what each method is asked."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is already your address."),
        "email_password_mismatch": _("Address and password do not match. You can also sign in with a code."),
        "email_taken": _("Another account uses this address."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This is not the code we sent. Look at the newest letter."),
        "incorrect_password": _("This is not your password."),
        "invalid_or_expired_key": _("This link is used up or too old."),
        "invalid_password_reset": _("This link is used up or too old."),
        "rate_limited": _("Too many tries in a short time. Wait a minute and try again."),
        "same_as_current": _("This is the address you have now."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, or sign in with a code."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter as a row; it leaves like all others."""
        letters.from_allauth(template_prefix, email, context)

    def is_safe_url(self, url: str) -> bool:
        """Tell whether `next` stays on our host."""
        return redirects.is_ours(url, context.request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """After a password change, back to the account."""
        return reverse("account")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what matters; that someone signed in they see."""
        name = (message_template or "").rpartition("/")[2].removesuffix(".txt")
        sentence = message or SENTENCES.get(name)
        if sentence:
            messages.add_message(request, level, str(sentence), extra_tags=extra_tags)

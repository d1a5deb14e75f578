"""My account: the way to everything that is mine to set."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from studyplatform.accounts.models import User
from studyplatform.kit import seo


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show the links, and the private address of the calendar."""
    assert isinstance(request.user, User)  # noqa: S101
    return render(request, "accounts/account.html", {"calendar": calendar_of(request.user)})


def calendar_of(user: User) -> str:
    """Return the address of a person's calendar feed, or "" when there is none; an upper app owns it."""
    try:
        return seo.absolute(reverse("calendar_feed", args=[user.calendar_token]))
    except NoReverseMatch:
        return ""

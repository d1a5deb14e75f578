"""My tokens for the API: made here, shown once, revoked here."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studyplatform.accounts.forms.api_token import ApiTokenForm
from studyplatform.accounts.models import User
from studyplatform.accounts.services import api_tokens
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("tokens", 20)
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the tokens that are not revoked; a POST makes one and shows it this once."""
    assert isinstance(request.user, User)  # noqa: S101
    form, words = ApiTokenForm(request.POST or None), ""
    if form.is_valid():
        asked = form.cleaned_data
        try:
            days = int(asked["days"]) if asked["days"] else None
            _token, words = api_tokens.make(request.user, asked["name"], asked["scopes"], days=days)
        except Refused as refused:
            form.add_error(None, str(refused))
    context = {
        "form": ApiTokenForm() if words else form,
        "words": words,
        "tokens": request.user.api_tokens.filter(revoked_at=None).order_by("-created_at"),
    }
    return render(request, "accounts/api_tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token of the reader's."""
    assert isinstance(request.user, User)  # noqa: S101
    api_tokens.revoke(get_object_or_404(request.user.api_tokens, pk=pk))
    messages.success(request, _("The token no longer works."))
    return redirect("api_tokens")

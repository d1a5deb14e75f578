"""Who asks the API: the person whose token it is. Nobody's session counts there."""

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from studyplatform.accounts.models import ApiToken, User
from studyplatform.accounts.services import api_tokens


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the person and their token; None when no token was sent."""
        kind, _space, words = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = api_tokens.find(words.strip())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token does not work: it is wrong, has ended or was revoked."))
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        """Say how to come in."""
        return "Bearer"

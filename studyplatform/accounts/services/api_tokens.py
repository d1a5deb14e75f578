"""Personal tokens: made, shown once, looked up by their hash, revoked."""

import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts.models import ApiToken, User
from studyplatform.kit.errors import Refused
from studyplatform.kit.ids import secret_token

MOST = 20  # that work at once
USED_EVERY = datetime.timedelta(minutes=1)


@transaction.atomic
def make(person: User, name: str, scopes: list[str], *, days: int | None = None) -> tuple[ApiToken, str]:
    """Make a token that works for `days`, or until revoked; return it with its words, which are kept nowhere.

    Raises Refused when the person has too many.
    """
    User.objects.select_for_update().get(pk=person.pk)
    if sum(token.works for token in person.api_tokens.filter(revoked_at=None)) >= MOST:
        raise Refused(_("You have many tokens. Revoke one you no longer use."), code="too_many")
    words = secret_token()
    expires_at = timezone.now() + datetime.timedelta(days=days) if days else None
    row = ApiToken.objects.create(person=person, name=name, scopes=scopes, hash=hashed(words), expires_at=expires_at)
    return row, words


def hashed(words: str) -> str:
    """Return what is kept of a token. It is random and long, so that one quick hash is enough."""
    return sha256(words.encode()).hexdigest()


def find(words: str) -> ApiToken | None:
    """Return the token that has these words and works now, and note that it was used, at most once a minute."""
    token = ApiToken.objects.select_related("person__profile").filter(hash=hashed(words)).first()
    if token is None or not token.works or not token.person.is_active:
        return None
    now = timezone.now()
    if token.used_at is None or token.used_at < now - USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


@transaction.atomic
def revoke(token: ApiToken) -> ApiToken:
    """End a token for good; again changes nothing."""
    row = ApiToken.objects.select_for_update().get(pk=token.pk)
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
    return row

"""The secret address of a person's calendar feed."""

from django.db import transaction
from django.db.models import QuerySet

from studyplatform.accounts.models import User
from studyplatform.kit.ids import secret_token


def opened_by(token: str) -> QuerySet[User]:
    """Return whose feed a token opens: the address is the key."""
    return User.objects.filter(calendar_token=token, is_active=True, erased_at=None)


@transaction.atomic
def reset(person: User) -> str:
    """Give the person's feed a new unguessable token and return it; the old address ends at once."""
    row = User.objects.select_for_update().get(pk=person.pk)
    row.calendar_token = secret_token()
    row.save(update_fields=["calendar_token"])
    person.calendar_token = row.calendar_token
    return row.calendar_token

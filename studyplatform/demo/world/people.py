"""The people, with verified addresses, the password "demo" and their faces."""

import functools

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile

from studyplatform.accounts.models import Consent, Profile, User
from studyplatform.accounts.services import people
from studyplatform.accounts.texts import JOINING, VERSIONS
from studyplatform.demo.world import ahead, data
from studyplatform.kit.ids import short_id

PASSWORD = "demo"
SHOWN = ("pen_name", "work", "field", "about", "can_help", "looking_for")


def arrive() -> dict[str, User]:
    """Sign up everybody who is written down; return them by name."""
    rows = data.people()
    alone = {name: row for name, row in rows.items() if "face" in row or "superuser" in row}
    found = {name: _sign_up(name, row) for name, row in alone.items()}
    found |= arrive_together({name: row for name, row in rows.items() if name not in alone})
    return {name: found[name] for name in rows}


@functools.cache
def _password() -> str:
    return make_password(PASSWORD)  # once: it is slow on purpose


def arrive_together(rows: dict[str, data.Data]) -> dict[str, User]:
    """Sign up many who show no face at once: the rows are those of `_sign_up`."""
    users = User.objects.bulk_create(
        User(email=f"{name}@example.com", handle=_handle(name), password=_password(), **_spoken(row))
        for name, row in rows.items()
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    Consent.objects.bulk_create(
        Consent(person=user, kind=kind, version=VERSIONS[kind]) for user in users for kind in JOINING
    )
    shown = [{part: row.get(part, "") for part in SHOWN} for row in rows.values()]
    Profile.objects.bulk_create(Profile(person=user, **words) for user, words in zip(users, shown, strict=True))
    return dict(zip(rows, users, strict=True))


def _sign_up(name: str, row: data.Data) -> User:
    everything = row.get("superuser", False)
    user = User(email=f"{name}@example.com", password=_password(), is_staff=everything, is_superuser=everything)
    user.handle = _handle(name)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    spoken = _spoken(row)
    people.join(user, pen_name=row["pen_name"], speaks=spoken["language"], time_zone=spoken["time_zone"])
    values = {"handle": user.handle, **spoken, **{part: row.get(part, "") for part in SHOWN}}
    people.describe(user, values, picture=_face(name) if "face" in row else None)
    return user


def _face(name: str) -> ContentFile[bytes]:
    return ContentFile(ahead.faces()[name].result(), name=f"{short_id()}.webp")


def _handle(name: str) -> str:
    return name if len(name) > 2 else f"{name}_"


def _spoken(row: data.Data) -> dict[str, str]:
    return {"language": row.get("language", "ko"), "time_zone": row.get("zone", "Asia/Seoul")}

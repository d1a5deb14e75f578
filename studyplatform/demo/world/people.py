"""The people, with verified addresses, the password "demo" and their faces."""

from typing import Any

import resvg_py
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile

from studyplatform.accounts.models import User
from studyplatform.accounts.services import people
from studyplatform.demo.world import data
from studyplatform.kit import pictures

PASSWORD = "demo"
SHOWN = ("pen_name", "work", "field", "about", "can_help", "looking_for")
SIDE = 512


def arrive() -> dict[str, User]:
    """Sign everybody up; return them by name."""
    password = make_password(PASSWORD)  # once: it is slow on purpose
    return {name: _sign_up(name, row, password) for name, row in data.people().items()}


def _sign_up(name: str, row: data.Data, password: str) -> User:
    everything = row.get("superuser", False)
    user = User(email=f"{name}@example.com", password=password, is_staff=everything, is_superuser=everything)
    user.handle = name if len(name) > 2 else f"{name}_"
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    speaks, zone = row.get("language", "ko"), row.get("zone", "Asia/Seoul")
    people.join(user, pen_name=row["pen_name"], speaks=speaks, time_zone=zone)
    shown = {part: row.get(part, "") for part in SHOWN}
    values = {"handle": user.handle, "language": speaks, "time_zone": zone, **shown}
    people.describe(user, values, picture=_face(row))
    return user


def _face(row: data.Data) -> Any:
    if "face" not in row:
        return None
    drawn = resvg_py.svg_to_bytes(svg_string=data.face(row["face"]), width=SIDE)
    return pictures.redrawn(ContentFile(drawn), longest=SIDE)

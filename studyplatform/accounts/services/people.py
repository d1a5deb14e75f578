"""People: joining, agreeing, and what they say about themselves."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from studyplatform.accounts.models import Consent, PastHandle, Profile, User
from studyplatform.accounts.texts import JOINING, VERSIONS
from studyplatform.accounts.zones import is_zone
from studyplatform.kit import history, language, page_cache
from studyplatform.kit.errors import Refused

SETTINGS = ("handle", "language", "time_zone")
SHOWN = ("pen_name", "work", "field", "about", "can_help", "looking_for")


@transaction.atomic
def join(user: User, *, pen_name: str, speaks: str, time_zone: str) -> Profile:
    """Complete a person just made: pen name, language and zone, and their yes to terms and privacy."""
    user.language = speaks if speaks in language.CODES else user.language
    user.time_zone = time_zone if is_zone(time_zone) else user.time_zone
    user.save(update_fields=["language", "time_zone"])
    for kind in JOINING:
        agree(user, kind)
    profile, _ = Profile.objects.update_or_create(person=user, defaults={"pen_name": pen_name})
    return profile


@transaction.atomic
def bring_in(email: str, name: str, *, language: str, time_zone: str) -> User:
    """Return the person with an address, made if there is none: without a password, they sign in by a code.

    They have agreed to nothing yet, and the code shows that the address is theirs.
    """
    fresh = {"email": email, "language": language, "time_zone": time_zone, "password": make_password(None)}
    person, made = User.objects.get_or_create(email__iexact=email, defaults=fresh)
    if made:
        Profile.objects.create(person=person, pen_name=name)
        EmailAddress.objects.create(user=person, email=email, primary=True)
    return person


@transaction.atomic
def agree(user: User, kind: str) -> Consent:
    """Record a person's yes to the words of today, once per version."""
    consent, _ = Consent.objects.get_or_create(person=user, kind=kind, version=VERSIONS[kind], withdrawn_at=None)
    return consent


@transaction.atomic
def disagree(user: User, kind: str) -> int:
    """Take back a person's yes; the rows stay. Returns how many were in force."""
    return Consent.objects.filter(person=user, kind=kind, withdrawn_at=None).update(withdrawn_at=timezone.now())


@transaction.atomic
def speak(user: User, code: str) -> None:
    """Keep the language a person chose."""
    User.objects.filter(pk=user.pk).update(language=code)
    user.language = code


@transaction.atomic
def describe(user: User, values: dict[str, Any], *, picture: Any = None, drop_picture: bool = False) -> Profile:
    """Save a person's settings and what they show of themselves.

    `values` holds fields of SETTINGS and SHOWN; `picture` is a file already redrawn. Raises Refused when another
    person has or had the handle.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    _change_handle(row, values["handle"])
    for name in SETTINGS:
        setattr(row, name, values[name])
    row.save(update_fields=SETTINGS)
    profile, _made = Profile.objects.select_for_update().get_or_create(person=row)
    for name in SHOWN:
        setattr(profile, name, values[name])
    _change_picture(profile, picture, drop_picture)
    profile.save()
    page_cache.bump(f"person:{row.handle}")
    return profile


@transaction.atomic
def close(actor: User, person: User, *, note: str) -> User:
    """Keep a person out: they are signed out everywhere and get no letters. What they wrote and paid stays.

    Raises Refused for oneself, for an account closed already, and for who runs the platform unless the actor does too.
    """
    row = _entrusted(actor, person)
    if row.pk == actor.pk:
        raise Refused(_("You cannot close your own account here."))
    if not row.is_active:
        raise Refused(_("This account is closed already."))
    row.is_active = False
    row.save(update_fields=["is_active"])
    history.record(row, "active", "closed", actor, note=note)
    return row


@transaction.atomic
def reopen(actor: User, person: User, *, note: str) -> User:
    """Let a person in again. Raises Refused when the account is open, or its person is erased."""
    row = _entrusted(actor, person)
    if row.is_active or row.erased_at:
        raise Refused(_("This account is open, or its person is gone for good."))
    row.is_active = True
    row.save(update_fields=["is_active"])
    history.record(row, "closed", "active", actor, note=note)
    return row


@transaction.atomic
def entrust(actor: User, person: User, *, staff: bool) -> User:
    """Let a person work at the desk, or no longer; what they may do there is said by their rights."""
    row = _entrusted(actor, person)
    if row.is_staff != staff:
        row.is_staff = staff
        row.save(update_fields=["is_staff"])
    history.record(row, "", "staff" if staff else "not staff", actor, note="rights looked over")
    return row


def _entrusted(actor: User, person: User) -> User:
    row = User.objects.select_for_update().get(pk=person.pk)
    if row.is_superuser and not actor.is_superuser:
        raise Refused(_("Only who runs the platform may do this to somebody who runs it."))
    return row


def _change_handle(row: User, handle: str) -> None:
    """Keep the old handle for the links that name it; one's own old handle may be taken again."""
    if handle == row.handle:
        return
    taken = User.objects.filter(handle=handle).exists()
    if taken or PastHandle.objects.filter(handle=handle).exclude(person=row).exists():
        raise Refused(_("Somebody else has this address. Choose another."), field="handle")
    PastHandle.objects.filter(handle=handle).delete()
    PastHandle.objects.create(handle=row.handle, person=row)
    page_cache.bump(f"person:{row.handle}")


def _change_picture(profile: Profile, picture: Any, drop: bool) -> None:
    """Put another picture in place; the old file goes once the change is certain."""
    if not picture and not drop:
        return
    storage, old = profile.picture.storage, profile.picture.name
    if old:
        transaction.on_commit(lambda: storage.delete(old))
    if picture:
        profile.picture.save(picture.name, picture, save=False)
    else:
        profile.picture = ""

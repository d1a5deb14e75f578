"""Letters are written in the transaction of the verb that causes them, in the reader's language and zone."""

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template import Context, Engine
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from studyplatform.kit import history, queue
from studyplatform.kit.context import business_info
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from studyplatform.mail.services import preferences

QUEUE = "mail.drain_letters"
LONGEST_SUBJECT = 200
PILE: ContextVar[list[Letter] | None] = ContextVar("pile", default=None)  # what `together` gathers

Person = Any  # accounts.User: an upper app's row, known here by its columns only


@transaction.atomic(savepoint=False)  # its only failure that is caught has one of its own
def write(
    *,
    to: Person,
    key: str,
    template: str,
    kind: str = "",
    context: dict[str, Any] | None = None,
    about: str = "",
    calendar: str = "",
    due_at: datetime.datetime | None = None,
    expires_at: datetime.datetime | None = None,
    address: str = "",
) -> Letter | None:
    """Write a letter to a person once per `key`; it leaves soon after commit, or at `due_at`.

    Renders templates/mail/<template>.subject.txt, .txt and .html with `context`, `reader`, `site_name`, `site_url`
    and `stop_url`. `kind` is what the person can stop; "" cannot be stopped. `about` is what `withdraw` goes by.
    `calendar` is an iCalendar file. After `expires_at` it is no longer sent. `address` overrides the person's own.
    Returns the letter, an earlier one of the same key, or None when it is not to be written: the person is gone,
    or stopped this kind.
    """
    if not to.is_active or to.erased_at or preferences.stopped(to, kind):
        return None
    values = {"kind": kind, "about": about, "calendar": calendar, "due_at": due_at, "expires_at": expires_at}
    shown = {**(context or {}), "reader": to, "stop_url": preferences.stop_url(to, kind)}
    with timezone.override(ZoneInfo(to.time_zone)):
        return _once(key, template, shown, address=address or to.email, language=to.language, recipient=to, **values)


@contextmanager
def together() -> Iterator[None]:
    """Write the letters of this block in one statement at its end: for a verb that writes to many.

    A key that is there already is left as it stands, as `write` does; a letter has no number before the end.
    """
    pile: list[Letter] = []
    before = PILE.set(pile)
    try:
        yield
    finally:
        PILE.reset(before)
    Letter.objects.bulk_create(pile, ignore_conflicts=True)
    queue.wake(QUEUE)


@transaction.atomic
def write_to_address(
    address: str,
    *,
    language: str,
    key: str,
    template: str,
    context: dict[str, Any] | None = None,
    about: str = "",
    due_at: datetime.datetime | None = None,
    expires_at: datetime.datetime | None = None,
) -> Letter:
    """Write to an address nobody has an account for; such a letter answers something just asked there."""
    values = {"about": about, "due_at": due_at, "expires_at": expires_at}
    return _once(key, template, context or {}, address=address, language=language, **values)


@transaction.atomic
def withdraw(about: str, *kinds: str) -> int:
    """Take back what was written about a thing and not sent yet, all kinds or those named; return how many."""
    rows = Letter.objects.filter(about=about, done_at=None, withdrawn_at=None)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return rows.update(withdrawn_at=timezone.now())


@transaction.atomic
def take_back(actor: Person, letter: Letter) -> Letter:
    """Withdraw one letter that has not left yet. Raises Refused when it has, or was taken back before."""
    row: Letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if row.done_at or row.withdrawn_at:
        raise Refused(_("This letter has left, or is withdrawn already."))
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    history.record(row, "waiting", "withdrawn", actor)
    return row


@transaction.atomic
def send_again(actor: Person, letter: Letter) -> Letter:
    """Make a letter due now that waits or did not arrive; it looks anew whether it may leave. Raises Refused."""
    row: Letter = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if row.withdrawn_at:
        raise Refused(_("This letter was withdrawn, so it stays here."))
    if row.expires_at and row.expires_at <= timezone.now():
        raise Refused(_("What this letter says is no longer true, so it is not sent."))
    return queue.try_now(actor, row)  # type: ignore[no-any-return]


def failed() -> QuerySet[Letter]:
    """Letters the mail server refuses, tried or given up; not those that were rightly kept back."""
    return Letter.objects.exclude(error="").exclude(error__startswith=Letter.KEPT_BACK).filter(withdrawn_at=None)


def _once(key: str, template: str, context: dict[str, Any], *, language: str, **values: Any) -> Letter:
    pile = PILE.get()
    known: Letter | None = Letter.objects.filter(key=key).first() if pile is None else None
    if known:
        return known
    values["due_at"] = values.get("due_at") or timezone.now()
    with translation.override(language):
        rendered = _render(template, {**_site(), **context})
    letter = Letter(key=key, language=language, **values, **rendered)
    if pile is None:
        return _kept(letter)
    pile.append(letter)
    return letter


def _kept(letter: Letter) -> Letter:
    """Write one letter; somebody who wrote it at the same moment was first."""
    queue.wake(QUEUE)
    try:
        with transaction.atomic():
            letter.save()
    except IntegrityError:
        letter = Letter.objects.get(key=letter.key)
    return letter


def _site() -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME_KO if translation.get_language() == "ko" else settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "letters_url": f"{settings.SITE_URL}{reverse('letters')}",
        "business_info": business_info(),
        "LANGUAGE_CODE": translation.get_language(),
    }


def _render(template: str, context: dict[str, Any]) -> dict[str, str]:
    """Return subject, text and html; only html is escaped."""

    def plain(ending: str) -> str:
        return Engine.get_default().get_template(f"mail/{template}{ending}").render(Context(context, autoescape=False))

    html = Engine.get_default().get_template(f"mail/{template}.html").render(Context(context))
    return {
        "subject": " ".join(plain(".subject.txt").split())[:LONGEST_SUBJECT],
        "text": re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", plain(".txt"))).strip() + "\n",
        "html": html.strip() + "\n",
    }

"""Sending: a letter is claimed, handed to the mail server outside any transaction, and its end recorded.

A kill between handing over and recording repeats that one letter, with the same Message-ID.
"""

import re
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from studyplatform.kit import edge, queue
from studyplatform.mail.models import Letter
from studyplatform.mail.services import preferences

PERMANENT = 500  # SMTP answers from here on will not change
MOST_ATTEMPTS = 100  # about four days of a mail server that does not answer


def send(letter: Letter) -> None:
    """Send a claimed letter, unless it is no longer right to, and record how it ended."""
    mine = Letter.objects.select_related("recipient").filter(pk=letter.pk, claim_token=letter.claim_token).first()
    if mine is None:  # the lease ran out and another worker has it
        return
    reason = why_not(mine)
    if reason:
        queue.give_up(mine, f"{Letter.KEPT_BACK}{reason}")
    else:
        hand_over(mine)


def hand_over(letter: Letter) -> None:
    """Give a letter to the mail server and record its answer."""
    try:
        deliver(message_of(letter))
    except (SMTPException, OSError) as error:
        record_failure(letter, error)
    else:
        queue.done(letter)


def why_not(letter: Letter) -> str:
    """Return why a letter must not leave any more, or "": looked at anew right before it would."""
    person = letter.recipient
    if letter.withdrawn_at:
        return "withdrawn"
    if letter.expires_at and letter.expires_at <= timezone.now():
        return "expired"
    if person and (person.erased_at or not person.is_active):
        return "the person is gone"
    if person and preferences.stopped(person, letter.kind):
        return "stopped"
    return ""


@edge.outside
def deliver(message: EmailMultiAlternatives) -> None:
    """Hand a message to the mail server. Raises SMTPException or OSError."""
    message.send()


def record_failure(letter: Letter, error: Exception) -> None:
    """End a letter the other side refuses for good; put any other back for later."""
    if is_permanent(error) or letter.attempts >= MOST_ATTEMPTS:
        queue.give_up(letter, repr(error))
    else:
        queue.later(letter, repr(error))


def is_permanent(error: Exception) -> bool:
    """Tell whether the mail server refused this address or this message for good."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= PERMANENT


def message_of(letter: Letter) -> EmailMultiAlternatives:
    """Return the letter as a mail: text and HTML, its calendar file, one click to stop its kind."""
    host = urlsplit(settings.SITE_URL).hostname
    headers = {"Message-ID": f"<{letter.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    if letter.kind and letter.recipient:
        headers["List-Unsubscribe"] = f"<{preferences.stop_url(letter.recipient, letter.kind)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(letter.subject, letter.text, to=[letter.address], headers=headers)
    message.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        method = re.search(r"^METHOD:(\w+)", letter.calendar, re.MULTILINE)
        kind = f"text/calendar; method={method[1] if method else 'PUBLISH'}"
        message.attach("event.ics", letter.calendar, kind)
    return message

"""Sessions as calendar files (RFC 5545): one session's, and a person's own feed.

The times carry the cohort's zone, so that calendars keep them right when clocks change. The place is our own
redirect, so that a moved meeting room needs no new file and a forwarded one opens nothing.
"""

import datetime
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone

from cohorts.models import Enrollment, Presentation, Session
from cohorts.policies import sessions_of
from studyplatform.accounts.models import User

ALARM = datetime.timedelta(minutes=-10)
KEPT = datetime.timedelta(days=90)  # how far a feed looks back


def session_file(session: Session, person: User) -> str:
    """Return one session as a calendar file in the person's language; a cancelled one takes itself out of calendars."""
    with translation.override(person.language):
        method = "CANCEL" if session.state == Session.State.CANCELLED else "PUBLISH"
        return _file([session], _turns(person, [session]), method)


def feed(person: User) -> str:
    """Return all the person's sessions of the last 90 days and to come, in their language."""
    sessions = list(sessions_of(person).filter(starts_at__gt=timezone.now() - KEPT).order_by("starts_at"))
    with translation.override(person.language):
        return _file(sessions, _turns(person, sessions), "PUBLISH", name=_("My sessions"))


def _turns(person: User, sessions: Iterable[Session]) -> dict[int, Presentation]:
    """Return the person's turns by session."""
    turns = Presentation.objects.filter(
        session__in=[session.pk for session in sessions],
        enrollment__person=person.pk,
        enrollment__state__in=Enrollment.BELONGS,
    ).exclude(state=Presentation.State.PASSED)
    return {turn.session_id: turn for turn in turns}


def _file(sessions: list[Session], turns: dict[int, Presentation], method: str, name: str = "") -> str:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//sessions//")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", datetime.timedelta(hours=4), parameters={"value": "DURATION"})
    for session in sessions:
        calendar.add_component(_event(session, turns.get(session.pk)))
    if sessions:
        years = [session.starts_at.year for session in sessions]
        zones = (_zone(zone, min(years) - 1, max(years) + 1) for zone in sorted(calendar.get_missing_tzids()))
        calendar.subcomponents[:0] = zones  # before what names them
    text: str = calendar.to_ical().decode()
    return text


@lru_cache(maxsize=64)
def _zone(name: str, first: int, last: int) -> Timezone:
    """Return when a zone changes its clocks in these years; slow to find out, and the same for every reader."""
    return Timezone.from_tzid(name, first_date=datetime.date(first, 1, 1), last_date=datetime.date(last, 12, 31))


def _event(session: Session, turn: Presentation | None) -> Event:
    event = Event()
    event.add("uid", f"session-{session.public_id}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", session.sequence)
    event.add("dtstamp", timezone.now().astimezone(datetime.UTC))
    event.add("dtstart", session.starts_at.astimezone(session.cohort.tz))
    event.add("dtend", session.ends_at.astimezone(session.cohort.tz))
    event.add("summary", summary(session))
    event.add("description", _description(session, turn))
    event.add("organizer", f"mailto:{settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}")
    if session.state == Session.State.CANCELLED:
        event.add("status", "CANCELLED")
        return event
    event.add("status", "CONFIRMED")
    event.add("location", enter_address(session))
    event.add("url", enter_address(session))
    event.add_component(_alarm(session))
    return event


def _alarm(session: Session) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", ALARM)
    alarm.add("description", summary(session))
    return alarm


def summary(session: Session) -> str:
    """Return "AI at work: First presentations", the subgroup's topic instead of the study where it has one."""
    return f"{session.subgroup or session.cohort.study}: {session.name}"


def _description(session: Session, turn: Presentation | None) -> str:
    lines = [session.cohort.full_name]
    if turn:
        lines.append(_("You present: turn %(position)s, %(minutes)s minutes.") % turn_words(turn))
    lines += [session.run_sheet, _("Join here: %(address)s") % {"address": enter_address(session)}]
    return "\n".join(line for line in lines if line)


def turn_words(turn: Presentation) -> dict[str, int]:
    """Return the numbers of a turn for a sentence."""
    return {"position": turn.position, "minutes": turn.minutes}


def enter_address(session: Session) -> str:
    """Return our redirect to where the session meets; it opens only for who belongs."""
    return f"{settings.SITE_URL}{reverse('session_enter', args=session.address_parts)}"

"""Times as people write them: stored in UTC, shown in a named zone."""

import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global
from babel.dates import format_date, format_time, get_timezone_location
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studyplatform.kit.months import Month

DAY = {"ko": "M월 d일(EEE)", "en": "EEE d MMM"}
DAY_AND_YEAR = {"ko": "y년 M월 d일(EEE)", "en": "EEE d MMM y"}
LONG_DAY = {"ko": "y년 M월 d일", "en": "d MMMM y"}
MONTH = {"ko": "y년 M월", "en": "MMMM y"}


def language() -> str:
    """Return the page's language, as far as we write it."""
    code = get_language() or "en"
    return code if code in DAY else "en"


def in_zone(at: datetime.datetime, zone: str | ZoneInfo | None = None) -> datetime.datetime:
    """Return the moment on the wall clock of a zone; without one, of the reader's."""
    if zone is None:
        return at.astimezone(timezone.get_current_timezone())
    return at.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def day(at: datetime.datetime | datetime.date, zone: str | ZoneInfo | None = None) -> str:
    """Return "3월 9일(화)" or "Tue 9 Mar"; the year only when it is not this year's."""
    date = in_zone(at, zone).date() if isinstance(at, datetime.datetime) else at
    patterns = DAY if date.year == timezone.localdate().year else DAY_AND_YEAR
    return format_date(date, patterns[language()], locale=language())


def long_day(at: datetime.datetime | datetime.date) -> str:
    """Return "2026년 3월 9일" or "9 March 2026": the date of what is read years later."""
    date = in_zone(at).date() if isinstance(at, datetime.datetime) else at
    return format_date(date, LONG_DAY[language()], locale=language())


def month(which: Month) -> str:
    """Return "2026년 3월" or "March 2026"."""
    return format_date(which.begins.date(), MONTH[language()], locale=language())


def near_day(at: datetime.datetime) -> str:
    """Return "yesterday", "today" or "tomorrow" on the reader's calendar, else the day."""
    away = (in_zone(at).date() - timezone.localdate()).days
    return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get(away) or day(at)


def clock(at: datetime.datetime, zone: str | ZoneInfo | None = None) -> str:
    """Return "20:00"."""
    return format_time(in_zone(at, zone), "HH:mm", locale=language())


def weekday(at: datetime.datetime, zone: str | ZoneInfo | None = None) -> str:
    """Return "화요일" or "Tuesday"."""
    return format_date(in_zone(at, zone).date(), "EEEE", locale=language())


def zone_name(zone: str | ZoneInfo) -> str:
    """Return "서울 시간" or "Seoul time"; UTC is UTC everywhere."""
    if str(zone) == "UTC":
        return "UTC"
    place = _city(str(zone), language())
    return f"{place} 시간" if language() == "ko" else f"{place} time"


@cache
def _city(zone: str, code: str) -> str:
    newer = get_global("zone_aliases")  # CLDR still calls some cities by the name the zone had before
    names = [zone, *(old for old, new in newer.items() if new == newer.get(zone, zone))]
    known = (Locale.parse(code).time_zones.get(name, {}).get("city") for name in names)
    return next(filter(None, known), None) or get_timezone_location(zone, locale=code, return_city=True)


def moment(at: datetime.datetime, zone: str | ZoneInfo | None = None) -> str:
    """Return "3월 9일(화) 20:00" or "Tue 9 Mar, 20:00"."""
    return f"{day(at, zone)}{' ' if language() == 'ko' else ', '}{clock(at, zone)}"

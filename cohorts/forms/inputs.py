"""Inputs of the studio's forms, as browsers and phones know them best."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from studyplatform.kit import moments

OFTEN = (
    "Asia/Seoul",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)


def zones() -> list[Any]:
    """Return the choices of time zones: those often used first, then all of them."""
    often = [(zone, moments.zone_name(zone)) for zone in OFTEN]
    return [(_("Often used"), often), (_("All"), [_choice(zone) for zone in _others()])]


def _others() -> list[str]:
    return sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/") and zone not in OFTEN
    )


def _choice(zone: str) -> tuple[str, str]:
    return zone, zone.replace("_", " ").replace("/", " · ")


class DayInput(forms.DateInput):
    """A date, picked in the browser's own way."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """A time of day."""

    input_type = "time"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


def number(label: Any, least: int, most: int, **options: Any) -> forms.IntegerField:
    """Return a whole-number field with its bounds."""
    return forms.IntegerField(label=label, min_value=least, max_value=most, **options)


def address(label: Any, **options: Any) -> forms.URLField:
    """Return a field for a web address; one without https:// gets it."""
    return forms.URLField(
        label=label, required=False, max_length=200, assume_scheme="https", widget=forms.URLInput(), **options
    )

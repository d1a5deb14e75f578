"""From when everybody may join a cohort, and who comes before them."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cohorts import weekly
from cohorts.forms.inputs import ClockInput, DayInput, number
from cohorts.models import Cohort

DAY = 24
OFTEN = (0, 1, 3, 12, DAY, 2 * DAY, 3 * DAY, 7 * DAY)


def before(hours: int) -> str:
    """Return how long before everybody somebody comes, in words."""
    if not hours:
        return str(_("with everybody else"))
    count, rest = divmod(hours, DAY)
    if rest:
        return ngettext("%(n)s hour before", "%(n)s hours before", hours) % {"n": hours}
    return ngettext("%(n)s day before", "%(n)s days before", count) % {"n": count}


def choices() -> list[tuple[int, str]]:
    """Return what hosts often choose, in the reader's language."""
    return [(hours, before(hours)) for hours in OFTEN]


def _earlier(label: Any, help_text: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, help_text=help_text)


class PresaleForm(forms.Form):
    """Times are on the cohort's clock. Without a day everybody may join as soon as the cohort is open."""

    opens_on = forms.DateField(label=_("Everybody can join from"), widget=DayInput(), required=False)
    opens_clock = forms.TimeField(label=_("Time"), widget=ClockInput(), initial=datetime.time(10))
    alumni_hours = _earlier(
        _("Members of earlier cohorts"), _("Whoever belongs to a cohort that began before. They get a letter then.")
    )
    followers_hours = _earlier(
        _("Who asked to be told"), _("They pressed “Tell me when it opens”. They get a letter then.")
    )
    presale_seats = number(
        _("Seats until then, at most"),
        1,
        10_000,
        required=False,
        help_text=_("The others are there for everybody when it opens. Empty: all of them."),
    )

    def __init__(self, *args: Any, cohort: Cohort, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cohort = cohort
        names = ("alumni_hours", "followers_hours", "presale_seats")
        self.initial = {name: getattr(cohort, name) for name in names}
        if cohort.opens_at:
            wall = cohort.opens_at.astimezone(cohort.tz)
            self.initial |= {"opens_on": wall.date(), "opens_clock": wall.time()}

    def plan(self) -> dict[str, Any]:
        """Return the values as the verb takes them: day and time as one moment in UTC."""
        plan = dict(self.cleaned_data)
        day, clock = plan.pop("opens_on"), plan.pop("opens_clock")
        return {**plan, "opens_at": weekly.moment(day, clock, self.cohort.tz) if day else None}

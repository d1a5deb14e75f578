"""The refund presets a host chooses from, and what each comes to in money."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts import refunds
from cohorts.models import RefundPolicy

# Numbers of each preset's current version; a change here is a new version, old rows stay.
PRESETS: dict[str, dict[str, object]] = {
    RefundPolicy.Preset.REMAINING_SESSIONS: {},
    RefundPolicy.Preset.THIRDS_AND_HALVES: {"steps": [[1, 3, 2, 3], [1, 2, 1, 2]]},  # before 1/3: 2/3; before 1/2: 1/2
    RefundPolicy.Preset.TRY_FIRST: {},
    RefundPolicy.Preset.SEVEN_DAYS: {},
    RefundPolicy.Preset.BY_DATE: {
        "steps": [[15, 7, 10], [29, 4, 10]]
    },  # to the end of the 14th day 70 %, the 28th 40 %
    RefundPolicy.Preset.BY_LAW: {},
}
VERSION = 1
SENTENCES = {
    RefundPolicy.Preset.REMAINING_SESSIONS: _("Who leaves gets back the part for the sessions still to come."),
    RefundPolicy.Preset.THIRDS_AND_HALVES: _(
        "Before the first day all of it. Then two thirds until a third of the time has passed, half until half of it."
    ),
    RefundPolicy.Preset.TRY_FIRST: _(
        "People can come once and still get all of it back. Then the part for the sessions still to come."
    ),
    RefundPolicy.Preset.SEVEN_DAYS: _("All of it until seven days after the first session. Then nothing."),
    RefundPolicy.Preset.BY_DATE: _(
        "Before the first session all of it. Then 70% for two weeks, 40% for two more. In the first seven days never "
        "less than the part for the sessions still to come."
    ),
    RefundPolicy.Preset.BY_LAW: _(
        "For seven days after the first session the part for the sessions still to come. Then nothing."
    ),
}


@dataclass(frozen=True)
class Example:
    """A preset with its sentence, worked out: `rungs` is empty while price or dates are not known."""

    preset: str
    label: str
    sentence: str | Promise
    rungs: list[refunds.Rung]
    currency: str
    zone: str


def examples(price: int, currency: str, starts: Sequence[datetime.datetime], zone: ZoneInfo) -> list[Example]:
    """Return every preset worked out for a price (minor units) and the session starts."""
    found = []
    for name, data in PRESETS.items():
        policy = RefundPolicy(preset=name, version=VERSION, data=data)
        rungs = refunds.ladder(policy, price, starts, zone) if price else []
        label = str(policy.get_preset_display())
        found.append(Example(str(name), label, SENTENCES[RefundPolicy.Preset(name)], rungs, currency, str(zone)))
    return found

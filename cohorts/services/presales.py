"""When people may join, set by the host: from which moment everybody, and who comes before them."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import presale
from cohorts.models import Audience, Cohort
from cohorts.services import announcements, cohorts, seats
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

HOURS = {Audience.ALUMNI: "alumni_hours", Audience.FOLLOWERS: "followers_hours"}


@transaction.atomic
def set_for(host: User, cohort: Cohort, *, opens_at: datetime.datetime | None, **first: Any) -> Cohort:
    """Set from when (UTC) everybody may join, `alumni_hours` and `followers_hours` before it, and `presale_seats`.

    Raises Refused when everybody may join already, or when somebody who may join by now no longer could.
    """
    row = cohorts.locked(cohort)
    _refuse_too_late(row)
    before = presale.windows(row)
    row.opens_at = opens_at
    for name, value in first.items():
        setattr(row, name, value)
    _refuse_senseless(row)
    _refuse_taking_back(row, before)
    row.save(update_fields=["opens_at", *first])
    note = f"everybody from {opens_at}, {first}"
    history.record(row, row.state, row.state, host, note=note)
    if row.state == Cohort.State.OPEN:
        announcements.plan(row)
    cohorts.changed(row)
    seats.changed(row)
    return row


def may_change(cohort: Cohort) -> bool:
    """Tell whether it is not decided yet when everybody joins: of a plan, and of an open cohort before that moment."""
    drafted = cohort.state == Cohort.State.DRAFT
    return drafted or (cohort.state in Cohort.RUNNING and not cohort.is_on_sale)


def _refuse_too_late(row: Cohort) -> None:
    if not may_change(row):
        raise Refused(_("Joining is open to everybody already, or over. This stays as it is."), code="moved_on")


def _refuse_senseless(row: Cohort) -> None:
    if row.opens_at is None and (row.alumni_hours or row.followers_hours or row.presale_seats):
        raise Refused(_("Say first from when everybody can join."), field="opens_on")
    if row.opens_at and row.opens_at <= timezone.now():
        raise Refused(_("Choose a moment that is still to come."), field="opens_on")
    if row.opens_at and row.opens_at >= row.closes_at:
        raise Refused(_("Joining closes before that. Choose an earlier day."), field="opens_on")
    if row.presale_seats and not presale.windows(row):
        raise Refused(_("Say first who joins before everybody."), field="alumni_hours")


def _refuse_taking_back(row: Cohort, before: dict[str, datetime.datetime]) -> None:
    """Who was told that they can join now can do so tomorrow, too."""
    if row.state == Cohort.State.DRAFT or row.opens_at is None:
        return
    now, after = timezone.now(), presale.windows(row)
    for audience, at in before.items():
        if at <= now < after.get(audience, row.opens_at):
            sentence = _("They can join already and were told so. Do not take it back.")
            raise Refused(sentence, field=HOURS[Audience(audience)])

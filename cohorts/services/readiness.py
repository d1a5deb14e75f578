"""What a cohort still needs before it can open."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohorts import presale, weekly
from cohorts.models import Cohort


@dataclass(frozen=True)
class Check:
    """One line of the checklist. `place` names the page that mends it: "study", "cohort", "opening" or "groups"."""

    sentence: str | Promise
    done: bool
    place: str
    needed: bool = True


def checks(cohort: Cohort) -> list[Check]:
    """Return the checklist: what must be there, and what would be good to have."""
    groups = cohort.subgroups.count()
    led = cohort.subgroups.filter(leaderships__period__contains=timezone.now()).distinct().count()
    return [
        *needed(cohort),
        Check(_("The meeting has a link."), bool(cohort.link), "cohort", needed=False),
        Check(_("Who was here before can join first."), bool(presale.windows(cohort)), "opening", needed=False),
        Check(_("There are subgroups to choose from."), bool(groups), "groups", needed=False),
        Check(_("Every subgroup has a partner."), bool(groups) and led == groups, "groups", needed=False),
    ]


def needed(cohort: Cohort) -> list[Check]:
    """Return what must be there, told from the cohort and its study alone."""
    study, now = cohort.study, timezone.now()
    first = weekly.moment(cohort.starts_on, cohort.meets_at, cohort.tz)
    return [
        Check(_("The study says for whom it is."), bool(study.for_whom.strip()), "study"),
        Check(_("The first session is still to come."), first > now, "cohort"),
        Check(_("People have time to join before joining closes."), cohort.closes_at > now, "cohort"),
        Check(_("The moment everybody can join is still to come."), _opening_ahead(cohort), "opening"),
        Check(_("The day the minimum is decided is still to come."), _minimum_ahead(cohort), "cohort"),
    ]


def missing(cohort: Cohort) -> list[Check]:
    """Return what must be there and is not."""
    return [check for check in needed(cohort) if not check.done]


def _minimum_ahead(cohort: Cohort) -> bool:
    return not cohort.minimum or bool(cohort.minimum_by and cohort.minimum_by > timezone.now())


def _opening_ahead(cohort: Cohort) -> bool:
    return cohort.opens_at is None or cohort.opens_at > timezone.now()

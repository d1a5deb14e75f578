"""What a host has before them: each study, its cohorts and what to do next, in a fixed number of queries."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort, Session, Study
from cohorts.policies import cohorts_run_by, studies_run_by
from cohorts.standing import with_standing
from studyplatform.accounts.models import User
from studyplatform.kit import moments
from studyplatform.pages import landing, week

ALIVE = (Cohort.State.DRAFT, Cohort.State.OPEN, Cohort.State.CLOSED)
WEEK = datetime.timedelta(days=7)
LONGEST = 20  # sessions shown of one week


@dataclass(frozen=True)
class Next:
    """One thing to do, and where."""

    url: str
    words: str


@dataclass(frozen=True)
class Row:
    """A study, its cohorts that are not over (from `with_standing`), and what to do next in it."""

    study: Study
    cohorts: list[Any]
    next: Next


def rows(person: User, sessions: list[Session]) -> list[Row]:
    """Return the person's studies, those with a cohort first. `sessions` are those of this week."""
    first: dict[int, Session] = {}
    for session in sessions:
        first.setdefault(session.cohort_id, session)
    cohorts = defaultdict(list)
    alive: Any = with_standing(cohorts_run_by(person).filter(state__in=ALIVE)).order_by("starts_on", "pk")
    for cohort in alive:
        cohorts[cohort.study_id].append(cohort)
    ran_before = Exists(Cohort.objects.filter(study=OuterRef("pk")))
    studies: Any = studies_run_by(person).annotate(again=ran_before).order_by("title", "pk")
    found = [Row(study, cohorts[study.pk], next_of(study, cohorts[study.pk], first)) for study in studies]
    return sorted(found, key=lambda row: not row.cohorts)


def this_week(person: User) -> list[Session]:
    """Return whole cohorts' sessions of the next seven days, each with how many of its turns are `taken`."""
    run = Session.objects.filter(cohort__in=cohorts_run_by(person), subgroup=None, cohort__state__in=ALIVE)
    soon = week.coming(run).filter(starts_at__lt=timezone.now() + WEEK)
    return list(soon.select_related("cohort__study")[:LONGEST])


def next_of(study: Any, cohorts: list[Any], first: dict[int, Session]) -> Next:
    """Return the most pressing step of a study; `first` is each cohort's first session this week."""
    found = [step for cohort in cohorts for step in steps(cohort, first.get(cohort.pk))]
    if found:
        return min(found, key=lambda step: step[0])[1]
    words = _("Plan the next cohort") if study.again else _("Plan the first cohort")
    return Next(reverse("studio_cohort_new", args=[study.slug]), words)


def steps(cohort: Any, session: Session | None) -> Iterator[tuple[int, Next]]:
    """Yield what can be done for a cohort, each with how pressing it is: 0 is now."""
    at = {"number": cohort.number}
    here = reverse("studio_cohort", args=[cohort.study.slug, cohort.number])
    if cohort.state == Cohort.State.DRAFT:
        yield 3, Next(here, _("Look over cohort %(number)s and open it") % at)
        return
    if session and session.stage in ("live", "soon"):
        yield 0, Next(session.get_absolute_url(), _("Go to the session of cohort %(number)s") % at)
    if cohort.group_count and cohort.unplaced:
        yield 1, _place(cohort)
    yield from _invite(cohort, here)
    if session and cohort.members:
        day = {"day": moments.day(session.starts_at, cohort.zone)}
        yield 4, Next(session.get_absolute_url(), _("See who presents on %(day)s") % day)
    yield 6, Next(here, _("See how cohort %(number)s stands") % at)


def _place(cohort: Any) -> Next:
    words = ngettext(
        "Find a subgroup for %(count)s member of cohort %(number)s",
        "Find a subgroup for %(count)s members of cohort %(number)s",
        cohort.unplaced,
    )
    people = reverse("studio_people", args=[cohort.study.slug, cohort.number])
    return Next(f"{people}?show=unplaced", words % {"count": cohort.unplaced, "number": cohort.number})


def _invite(cohort: Any, here: str) -> Iterator[tuple[int, Next]]:
    if landing.status(cohort) != "open" or cohort.seats.left <= 0:
        return
    missing = 0 if cohort.minimum_met_at else cohort.minimum - cohort.members
    if missing > 0:
        words = ngettext(
            "Invite %(count)s more person to cohort %(number)s",
            "Invite %(count)s more people to cohort %(number)s",
            missing,
        )
        yield 2, Next(here, words % {"count": missing, "number": cohort.number})
    yield 5, Next(here, _("Share the link of cohort %(number)s") % {"number": cohort.number})

"""What a host has before them: studies with their cohorts, this week, what to do, in a fixed number of queries."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cohorts import nudging
from cohorts.models import (
    Cohort,
    Enrollment,
    Leadership,
    PartnerInvitation,
    Presentation,
    Scholarship,
    Session,
    Subgroup,
)
from cohorts.policies import cohorts_run_by, joinable_now, studies_run_by
from cohorts.standing import with_standing
from payments.models import Payee
from studyplatform.accounts.models import User
from studyplatform.pages import todo, week

ALIVE = (Cohort.State.DRAFT, Cohort.State.OPEN, Cohort.State.CLOSED)
WEEK = datetime.timedelta(days=7)
SOON = datetime.timedelta(days=2)  # before a session in which a turn without its post is late
LONGEST = 20  # rows looked at of one kind


@dataclass(frozen=True)
class Row:
    """A study and its cohorts that are not over (from `with_standing`)."""

    study: Any
    cohorts: list[Any]


def rows(person: User) -> list[Row]:
    """Return the person's studies, those with a cohort first."""
    cohorts = defaultdict(list)
    alive: Any = with_standing(cohorts_run_by(person).filter(state__in=ALIVE)).order_by("starts_on", "pk")
    for cohort in alive:
        cohorts[cohort.study_id].append(cohort)
    studies = studies_run_by(person).order_by("title", "pk")
    return sorted((Row(study, cohorts[study.pk]) for study in studies), key=lambda row: not row.cohorts)


def this_week(person: User) -> list[Session]:
    """Return whole cohorts' sessions of the next seven days, each with how many of its turns are `taken`."""
    run = Session.objects.filter(cohort__in=cohorts_run_by(person), subgroup=None, cohort__state__in=ALIVE)
    soon = week.coming(run).filter(starts_at__lt=timezone.now() + WEEK)
    return list(soon.select_related("cohort__study")[:LONGEST])


def next_cohort(studies: list[Row]) -> Any:
    """Return the cohort that can be joined and begins first, where the loop leads to."""
    joinable = [cohort for row in studies for cohort in row.cohorts if cohort.is_joinable]
    return min(joinable, key=lambda cohort: cohort.starts_on, default=None)


def to_do(person: User, studies: list[Row], sessions: list[Session]) -> list[todo.Todo]:
    """Return what the person could do now, the most pressing first."""
    last = _last(person)
    ran = {cohort.study_id for cohort in last}
    return todo.of(
        todo.Rows(
            cohorts=[cohort for row in studies for cohort in row.cohorts],
            sessions=sessions,
            late=_late(person),
            leaderless=_leaderless(person),
            last=last,
            new=[row.study for row in studies if row.study.pk not in ran],
            former=_former(person),
            asked=_asked(person),
            unpaid=_unpaid(person),
        )
    )


def _last(person: User) -> list[Cohort]:
    """Each study's last cohort; plans that were dropped do not count."""
    shown = cohorts_run_by(person).exclude(state=Cohort.State.CALLED_OFF, opened_at=None)
    return list(shown.order_by("study", "-number").distinct("study"))


def _late(person: User) -> list[Presentation]:
    """Turns of the next two days without their post; who had a note this week has been reminded."""
    now = timezone.now()
    claimed = Presentation.objects.filter(
        ~Exists(nudging.resting().filter(enrollment=OuterRef("enrollment"))),
        state=Presentation.State.CLAIMED,
        session__cohort__in=cohorts_run_by(person),
        session__state=Session.State.PLANNED,
        session__starts_at__range=(now, now + SOON),
    ).exclude(enrollment__person=person)
    shown = claimed.select_related("enrollment__person__profile", "session__cohort__study")
    return list(shown.order_by("session__starts_at", "position")[:LONGEST])


def _leaderless(person: User) -> list[Subgroup]:
    now = timezone.now()
    led = Leadership.objects.filter(subgroup=OuterRef("pk"), period__contains=now)
    asked = PartnerInvitation.objects.filter(subgroup=OuterRef("pk"), state="pending", expires_at__gt=now)
    groups = Subgroup.objects.filter(~Exists(led), ~Exists(asked), cohort__in=cohorts_run_by(person))
    running = groups.filter(cohort__state__in=Cohort.RUNNING).select_related("cohort__study")
    return list(running.order_by("cohort", "position")[:LONGEST])


def _former(person: User) -> dict[int, int]:
    """How many people of earlier, finished cohorts are not in a cohort that can be joined, by that cohort."""
    inside = Enrollment.objects.filter(
        cohort=OuterRef(OuterRef("pk")), person=OuterRef("person"), state__in=Enrollment.LIVE
    )
    before: QuerySet[Any] = Enrollment.objects.filter(
        ~Exists(inside),
        cohort__study=OuterRef("study"),
        cohort__state=Cohort.State.FINISHED,
        state__in=Enrollment.BELONGS,
    )
    joinable = cohorts_run_by(person).filter(joinable_now())
    counted = week.counted(before, "cohort__study", of="person")
    return dict(joinable.annotate(former=counted).values_list("pk", "former"))


def _asked(person: User) -> list[Any]:
    """Scholarships of the person's cohorts somebody asks for, with how many wait for an answer (`asked`)."""
    waits = Count("applications", filter=Q(applications__state="asked"))
    offered = Scholarship.objects.filter(cohort__in=cohorts_run_by(person), cohort__state__in=Cohort.RUNNING)
    return list(offered.annotate(asked=waits).filter(asked__gt=0).select_related("cohort__study")[:LONGEST])


def _unpaid(person: User) -> bool:
    """Whether seats of a study paid to this person were sold or are for sale, and nothing can be paid to them."""
    if Payee.objects.filter(person=person, enabled=True).exists():
        return False
    sold = Cohort.objects.filter(study__payee=person, state__in=(*Cohort.RUNNING, Cohort.State.FINISHED))
    return sold.filter(prices__amount__gt=0).exists()

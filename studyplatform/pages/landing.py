"""What the landing page of a cohort shows, in three queries however many sessions and subgroups there are."""

import datetime
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from cohorts import refunds
from cohorts.models import Cohort, Leadership, Price, Session, StudyRole, Subgroup
from showcase.models import CaseStudy
from showcase.policies import public_case_studies


@dataclass(frozen=True)
class Face:
    """A person as visitors see them."""

    pk: int
    name: str
    work: str
    picture: str


def face_row(person: str) -> JSONObject:
    """Return the columns of a Face as one JSON column; `person` is the path to the person."""
    return JSONObject(
        pk=person,
        name=f"{person}__profile__pen_name",
        work=f"{person}__profile__work",
        picture=f"{person}__profile__picture",
    )


def face(row: dict[str, Any] | None) -> Face | None:
    """Return the Face in a JSON column, if there is one."""
    return Face(**{name: value or "" for name, value in row.items()}) if row else None


@dataclass(frozen=True)
class Meeting:
    """A cohort-wide session as visitors see it: without its link."""

    number: int
    title: str
    starts_at: datetime.datetime
    minutes: int


def with_page_columns(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Add to each cohort, in the same query: price (`amount`), its planned sessions, its study, policy and seats."""
    sessions = Session.objects.filter(cohort=OuterRef("pk"), subgroup=None, state=Session.State.PLANNED).order_by(
        "starts_at"
    )
    amount = Price.objects.filter(cohort=OuterRef("pk"), kind=Price.Kind.STANDARD).values("amount")[:1]
    return cohorts.select_related("study", "policy", "seats").annotate(
        amount=Subquery(amount),
        session_rows=ArraySubquery(
            sessions.values(row=JSONObject(number="number", title="title", starts_at="starts_at", minutes="minutes"))
        ),
        host_row=Subquery(
            StudyRole.objects.filter(study=OuterRef("study"), kind=StudyRole.Kind.HOST).values(row=face_row("person"))[
                :1
            ]
        ),
    )


def meetings(cohort: Any) -> list[Meeting]:
    """Return the cohort's sessions; before it opens, those its weekly rule will make."""
    rows = cohort.session_rows or []
    if rows:
        return [Meeting(**{**row, "starts_at": _utc(row["starts_at"])}) for row in rows]
    first = datetime.datetime.combine(cohort.starts_on, cohort.meets_at)
    wall_clock = (first + datetime.timedelta(weeks=week) for week in range(cohort.weeks))
    return [
        Meeting(number, "", start.replace(tzinfo=cohort.tz).astimezone(datetime.UTC), cohort.minutes)
        for number, start in enumerate(wall_clock, 1)
    ]


def _utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)


def subgroups(cohort: Cohort) -> list[Any]:
    """Return the cohort's subgroups, each with the `partner` (a Face or None) who leads it now."""
    leads = Leadership.objects.filter(
        subgroup=OuterRef("pk"), kind=Leadership.Kind.LEAD, period__contains=timezone.now()
    )
    found: Any = Subgroup.objects.filter(cohort=cohort).annotate(
        partner_row=Subquery(leads.values(row=face_row("partner__person"))[:1])
    )
    groups = list(found)
    for group in groups:
        group.partner = face(group.partner_row)
    return groups


def proof(cohort: Cohort, limit: int = 3) -> list[CaseStudy]:
    """Return what earlier members of the study made, newest first."""
    earlier = public_case_studies().filter(enrollment__cohort__study=cohort.study_id)
    return list(
        earlier.select_related("author__profile", "cover", "enrollment__cohort").order_by("-published_at")[:limit]
    )


def context(cohort: Any) -> dict[str, Any]:
    """Return everything the landing template needs. `cohort` comes from `with_page_columns`."""
    coming = meetings(cohort)
    starts = [meeting.starts_at for meeting in coming]
    rungs = refunds.ladder(cohort.policy, cohort.amount or 0, starts, cohort.tz)
    return {
        "cohort": cohort,
        "study": cohort.study,
        "host": face(cohort.host_row),
        "meetings": coming,
        "first": coming[0],
        "last": coming[-1],
        "subgroups": subgroups(cohort),
        "rungs": rungs,
        "nothing_after": rungs[-1].before if rungs else None,
        "posts": proof(cohort),
        "status": status(cohort),
        "for_whom": lines(cohort.study.for_whom),
        "not_for": lines(cohort.study.not_for),
        "clocks_change": clocks_change(starts, cohort),
    }


def status(cohort: Cohort) -> str:
    """Return what can be done here now: "open", "closed" (may open again), "called_off" or "finished"."""
    if cohort.state == Cohort.State.OPEN:
        return "open" if cohort.closes_at > timezone.now() else "closed"
    return str(cohort.state)


def lines(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def clocks_change(starts: list[datetime.datetime], cohort: Cohort) -> bool:
    """Tell whether the cohort's own zone changes its clocks between the first and the last session."""
    offsets = [start.astimezone(cohort.tz).utcoffset() for start in starts]
    return any(one != other for one, other in pairwise(offsets))


def next_cohorts(limit: int) -> QuerySet[Any]:
    """Return cohorts open to join, soonest first, with price, seats and their study."""
    amount = Price.objects.filter(cohort=OuterRef("pk"), kind=Price.Kind.STANDARD).values("amount")[:1]
    return (
        Cohort.objects.filter(state=Cohort.State.OPEN, closes_at__gt=timezone.now(), study__state="public")
        .select_related("study", "seats")
        .annotate(amount=Subquery(amount), left=F("seats__capacity") - F("seats__taken"))
        .order_by("starts_on", "pk")[:limit]
    )

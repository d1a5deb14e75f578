"""What the landing page of a cohort shows, in three queries however many sessions and subgroups there are."""

import datetime
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, JSONObject
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from cohorts import presale, pricing, refunds
from cohorts.models import Cohort, Enrollment, Leadership, Session, StudyRole, Subgroup
from cohorts.models.subgroup import WEEKDAYS
from cohorts.policies import joinable_now, public_cohorts, with_a_free_seat
from showcase.models import CaseStudy
from showcase.policies import public_case_studies

WORTH_FINDING = 3  # posts that make the page of a cohort nobody can join worth finding


@dataclass(frozen=True)
class Face:
    """A person as visitors see them."""

    pk: int
    handle: str
    name: str
    work: str
    picture: str


def face_row(person: str) -> JSONObject:
    """Return the columns of a Face as one JSON column; `person` is the path to the person."""
    return JSONObject(
        pk=person,
        handle=f"{person}__handle",
        name=f"{person}__profile__pen_name",
        work=f"{person}__profile__work",
        picture=f"{person}__profile__picture",
    )


def face(row: dict[str, Any] | None) -> Face | None:
    """Return the Face in a JSON column, if there is one."""
    return Face(row["pk"], row["handle"], row["name"] or "", row["work"] or "", row["picture"] or "") if row else None


@dataclass(frozen=True)
class Coming:
    """Another cohort of the same study that has a free seat."""

    number: int
    starts_on: datetime.date


@dataclass(frozen=True)
class Meeting:
    """A cohort-wide session as visitors see it: without its link."""

    number: int
    title: str
    starts_at: datetime.datetime
    minutes: int


def with_page_columns(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Add to each cohort, in the same query, all that its page and its row in a list say of it."""
    sessions = Session.objects.filter(cohort=OuterRef("pk"), subgroup=None, state=Session.State.PLANNED).order_by(
        "starts_at"
    )
    found: QuerySet[Cohort] = (
        pricing.with_offer(with_own_posts(with_next(with_held(cohorts))))
        .select_related("study", "policy", "seats", "group_plan", "scholarship")
        .annotate(
            session_rows=ArraySubquery(
                sessions.values(
                    row=JSONObject(number="number", title="title", starts_at="starts_at", minutes="minutes")
                )
            ),
            host_row=Subquery(
                StudyRole.objects.filter(study=OuterRef("study"), kind=StudyRole.Kind.HOST).values(
                    row=face_row("person")
                )[:1]
            ),
        )
    )
    return found


def with_held(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Add how many seats are being paid for or offered (`held`), and when the first of them ends (`held_until`)."""
    waits = Enrollment.objects.filter(cohort=OuterRef("pk"), state__in=Enrollment.HOLDS).order_by()
    return cohorts.annotate(
        held=Coalesce(Subquery(waits.values("cohort").annotate(n=Count("pk")).values("n")), 0),
        held_until=Subquery(waits.order_by("hold_until").values("hold_until")[:1]),
    )


def seats_now(cohort: Any) -> dict[str, Any]:
    """Return what is said of seats: those sold apart from those being paid for, so that none is called sold early."""
    held, none_free = cohort.held, cohort.seats.free <= 0
    to_come = held > 0 or cohort.seats.left > 0  # seats left while people wait in line are theirs within a minute
    return {
        "seats": cohort.seats,
        "held": held,
        "held_until": cohort.held_until,
        "sold": max(0, cohort.seats.taken - held),
        "sold_out": none_free and not to_come,
        "all_held": none_free and to_come,
    }


def with_next(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Add the study's next cohort with a free seat, for those who cannot join this one (`next_row`)."""
    others = public_cohorts().filter(joinable_now(), with_a_free_seat(), study=OuterRef("study"))
    found = others.exclude(pk=OuterRef("pk")).order_by("starts_on", "pk")
    return cohorts.annotate(next_row=Subquery(found.values(row=JSONObject(number="number", starts_on="starts_on"))[:1]))


def next_one(cohort: Any) -> Coming | None:
    """Return the cohort in the column of `with_next`, if there is one."""
    row = cohort.next_row
    return Coming(row["number"], datetime.date.fromisoformat(row["starts_on"])) if row else None


def with_own_posts(cohorts: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """Add how many posts of its own members search engines may show (`own_posts`)."""
    own = public_case_studies().filter(enrollment__cohort=OuterRef("pk"), indexed=True).order_by()
    counted = own.values("enrollment__cohort").annotate(n=Count("pk")).values("n")
    return cohorts.annotate(own_posts=Coalesce(Subquery(counted), 0))


def for_search_engines() -> QuerySet[Cohort]:
    """Return the cohorts worth finding: those one can join, and those whose members left enough to read."""
    worth = joinable_now() | Q(own_posts__gte=WORTH_FINDING)
    return with_own_posts(public_cohorts()).filter(worth).exclude(state=Cohort.State.CALLED_OFF)


def is_for_search_engines(cohort: Any) -> bool:
    """Tell of one cohort with `own_posts` what `for_search_engines` asks of all."""
    if cohort.state == Cohort.State.CALLED_OFF:
        return False
    return bool(cohort.is_joinable or cohort.own_posts >= WORTH_FINDING)


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


def proof(cohort: Cohort, came_from: str = "", limit: int = 3) -> list[CaseStudy]:
    """Return what members of the study made, newest first; of a cohort that is over, what its own made comes first.

    For who comes from a post, that post stands first, then those of its field.
    """
    if cohort.state != Cohort.State.FINISHED:
        return made_in(cohort.study_id, came_from, limit)
    own = Case(When(enrollment__cohort=cohort, then=0), default=1, output_field=IntegerField())
    return made_in(cohort.study_id, came_from, limit, own)


def made_in(study: int, came_from: str, limit: int, *order: Case) -> list[CaseStudy]:
    """Return what members of the study made, newest first; for who comes from a post, that one stands first."""
    near = [_near(came_from)] if came_from else []
    made = public_case_studies().filter(enrollment__cohort__study=study)
    found = made.select_related("author__profile", "cover", "enrollment__cohort__study")
    return list(found.order_by(*near, *order, "-published_at")[:limit])


def came_from(request: HttpRequest) -> str:
    """Return the public id of the post a reader comes from, as far as an address can say it."""
    asked = request.GET.get("from", "")
    return asked if asked.isascii() and asked.isalnum() else ""


def origin(posts: list[CaseStudy], came_from: str) -> CaseStudy | None:
    """Return the post a reader comes from; `posts` are ordered by how near they are to it."""
    return posts[0] if posts and posts[0].public_id == came_from else None


def _near(public_id: str) -> Case:
    """How near a post is to another one: itself, of its field, any other."""
    field = public_case_studies().filter(public_id=public_id).values("field")[:1]
    return Case(
        When(public_id=public_id, then=0), When(field=Subquery(field), then=1), default=2, output_field=IntegerField()
    )


def by_day(groups: list[Any]) -> list[tuple[int, str, list[Any]]]:
    """Return (weekday, its name, subgroups) for each day any meets on, Monday first, the earliest hour at the top."""
    days = ((day, str(name), [group for group in groups if group.weekday == day]) for day, name in WEEKDAYS)
    return [(day, name, sorted(found, key=lambda group: group.meets_at)) for day, name, found in days if found]


def context(cohort: Any, came_from: str = "") -> dict[str, Any]:
    """Return everything the landing template needs. `cohort` comes from `with_page_columns`, a reader from a post."""
    coming = meetings(cohort)
    posts, groups = proof(cohort, came_from), subgroups(cohort)
    starts = [meeting.starts_at for meeting in coming]
    rungs = refunds.ladder(cohort.policy, cohort.amount or 0, starts, cohort.tz, timezone.now())
    return {
        "cohort": cohort,
        "study": cohort.study,
        "host": face(cohort.host_row),
        "meetings": coming,
        "first": coming[0],
        "last": coming[-1],
        "subgroups": groups,
        "days": by_day(groups),
        "rungs": rungs,
        "nothing_after": rungs[-1].before if rungs else None,
        "posts": posts,
        "origin": origin(posts, came_from),
        "next": next_one(cohort),
        **seats_now(cohort),
        "status": status(cohort),
        "windows": presale.windows(cohort),
        "for_whom": lines(cohort.study.for_whom),
        "not_for": lines(cohort.study.not_for),
        "clocks_change": clocks_change(starts, cohort),
    }


def status(cohort: Cohort) -> str:
    """Return what can be done here now: "soon" (not by everybody yet), "open", "closed", "called_off" or "finished"."""
    if cohort.is_joinable:
        return "open" if cohort.is_on_sale else "soon"
    if cohort.state == Cohort.State.OPEN:
        return "closed"
    return str(cohort.state)


def lines(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def clocks_change(starts: list[datetime.datetime], cohort: Cohort) -> bool:
    """Tell whether the cohort's own zone changes its clocks between the first and the last session."""
    offsets = [start.astimezone(cohort.tz).utcoffset() for start in starts]
    return any(one != other for one, other in pairwise(offsets))


def next_cohorts(limit: int) -> QuerySet[Any]:
    """Return cohorts open to join: in the page's language, with a free seat, and soon come first."""
    foreign = Case(When(study__language=get_language(), then=0), default=1, output_field=IntegerField())
    full = Case(When(with_a_free_seat(), then=0), default=1, output_field=IntegerField())
    return pricing.with_amount(public_cohorts().filter(joinable_now()).select_related("study", "seats")).order_by(
        foreign, full, "starts_on", "pk"
    )[:limit]

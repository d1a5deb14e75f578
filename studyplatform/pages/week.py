"""What a person has before them in their cohorts, in a fixed number of queries."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, IntegerField, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cohorts import clock
from cohorts.models import Contribution, Enrollment, Membership, Presentation, Session, Subgroup
from cohorts.policies import sessions_of
from showcase.models import CaseStudy
from studyplatform.accounts.models import User


@dataclass
class Week:
    """Sessions soonest first; turns, drafts, posts and subgroups of the person's own places."""

    sessions: list[Session] = field(default_factory=list)
    turns: list[Presentation] = field(default_factory=list)
    drafts: list[CaseStudy] = field(default_factory=list)
    posts: dict[int, int] = field(default_factory=dict)  # by enrollment
    groups: dict[int, Subgroup] = field(default_factory=dict)  # by enrollment
    presented: set[int] = field(default_factory=set)  # enrollments that had a turn, or have one coming

    def turn_in(self, session: Session | None) -> Presentation | None:
        """Return the person's own turn in a session."""
        return next((turn for turn in self.turns if session and turn.session_id == session.pk), None)

    def turns_of(self, enrollment: Enrollment) -> list[Presentation]:
        """Return the coming turns of one place."""
        return [turn for turn in self.turns if turn.enrollment_id == enrollment.pk]

    def has_room(self, enrollment: Enrollment) -> bool:
        """Tell whether a coming session of the place has an open turn."""
        own = self.groups.get(enrollment.pk)
        group = own.pk if own else None
        mine = (row for row in self.sessions if row.cohort_id == enrollment.cohort_id)
        return any(row.taken < row.turns for row in mine if row.subgroup_id in (None, group))  # type: ignore[attr-defined]


def of(person: User, places: list[Enrollment], sessions: QuerySet[Session] | None = None) -> Week:
    """Return a person's week in the places given (enrollments that belong). `sessions` narrows which are looked at."""
    seen = sessions_of(person) if sessions is None else sessions
    keys = [place.pk for place in places]
    turns = list(_turns(keys))
    return Week(
        sessions=list(coming(seen)[:12]),
        turns=[turn for turn in turns if turn.state != "done" and turn.session.stage not in ("over", "cancelled")],
        drafts=_drafts(person),
        posts=_posts(keys),
        groups=_groups(keys),
        presented={turn.enrollment_id for turn in turns if turn.session.state == Session.State.PLANNED},
    )


def coming(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return planned sessions that have not ended, each with how many of its turns are `taken` and `free`."""
    standing = ~Q(presentations__state="passed")
    planned = clock.coming(sessions.filter(state=Session.State.PLANNED))
    taken = planned.annotate(taken=Count("presentations", filter=standing, distinct=True))
    return taken.annotate(free=F("turns") - F("taken"))


def standing() -> QuerySet[Presentation]:
    """Return turns that stand, with whose they are and what is written for them. Who missed one is nobody's news."""
    standing = Presentation.objects.exclude(state__in=["passed", "missed"])
    return standing.select_related("enrollment__person__profile", "case_study")


def _turns(places: list[int]) -> QuerySet[Presentation]:
    return (
        Presentation.objects.filter(enrollment__in=places)
        .exclude(state__in=["passed", "missed"])
        .select_related("session__cohort__study", "session__subgroup", "case_study")
        .order_by("session__starts_at")
    )


def _drafts(person: User) -> list[CaseStudy]:
    mine = CaseStudy.objects.filter(author=person, state=CaseStudy.State.DRAFT)
    return list(mine.select_related("presentation").order_by("-saved_at")[:5])


def _posts(places: list[int]) -> dict[int, int]:
    counted = Contribution.objects.filter(enrollment__in=places, kind="post", voided_at=None)
    return dict(counted.values_list("enrollment").annotate(n=Count("pk")))


def _groups(places: list[int]) -> dict[int, Subgroup]:
    open_ones = Membership.objects.filter(enrollment__in=places, until=None).select_related("subgroup__cohort")
    return {row.enrollment_id: row.subgroup for row in open_ones}


def counted(rows: QuerySet[Any], by: str, *, of: str = "pk") -> Coalesce:
    """Return how many different `of` there are among `rows` for one value of `by`, as a column of another query."""
    found = rows.order_by().values(by).annotate(n=Count(of, distinct=True)).values("n")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)

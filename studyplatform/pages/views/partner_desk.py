"""The partner's desk: how the next session stands, each group's turns, its people, and a warm word to the quiet."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cohorts import nudging, turns
from cohorts.models import Cohort, Enrollment, Membership, Partner, Session
from cohorts.policies import members_looked_after_by, passed_turns_seen_by, reader, subgroups_led_by
from cohorts.standing import POSTS, TURNS
from studyplatform.accounts.models import User
from studyplatform.kit import moments
from studyplatform.pages import week

PAGE = 50  # people of a group shown at once
OPEN_NOTES = 2  # quiet members whose note stands open; the others wait behind a line
SOON = 60  # minutes before a session in which the title counts them


@dataclass(frozen=True)
class Next:
    """A session to come, and how its turns stand."""

    session: Session
    places: list[turns.Slot]

    @property
    def summary(self) -> str:
        """Its turns in a sentence: "4 turns: 2 ready, 1 draft, 1 empty"."""
        states = [_stands(slot) for slot in self.places]
        ready, draft, empty, free = (states.count(state) for state in ("ready", "draft", "empty", "open"))
        parts = (
            (ready, ngettext("%(n)s ready", "%(n)s ready", ready)),
            (draft, ngettext("%(n)s draft", "%(n)s drafts", draft)),
            (empty, ngettext("%(n)s empty", "%(n)s empty", empty)),
            (free, ngettext("%(n)s open", "%(n)s open", free)),
        )
        turns = ngettext("%(n)s turn", "%(n)s turns", len(states)) % {"n": len(states)}
        return f"{turns}: {', '.join(words % {'n': n} for n, words in parts if n)}"

    @property
    def taken(self) -> list[turns.Slot]:
        """The places that are taken."""
        return [slot for slot in self.places if slot.turn]


@dataclass(frozen=True)
class Desk:
    """One group this week. `quiet` are members who gave nothing yet; nobody but partner and host is told."""

    group: Any
    members: list[Any]
    next: Next | None
    passed: list[tuple[User, str]]
    quiet: list[Any]

    @property
    def open_notes(self) -> list[Any]:
        """The quiet members whose note stands open."""
        return self.quiet[:OPEN_NOTES]

    @property
    def more_notes(self) -> list[Any]:
        """The other quiet members."""
        return self.quiet[OPEN_NOTES:]


def _stands(slot: turns.Slot) -> str:
    """A turn whose post is begun is a draft; taken and nothing written yet, it is empty."""
    if slot.turn is None:
        return "open"
    if slot.turn.state == "claimed":
        return "draft" if getattr(slot.turn, "case_study", None) else "empty"
    return "ready"


@require_safe
@login_required
def partner_desk(request: HttpRequest) -> HttpResponse:
    """My groups this week."""
    person = reader(request)
    groups: list[Any] = list(_led_by(person).prefetch_related(_members(), _coming()).order_by("cohort", "position"))
    coming = [group.coming[0] for group in groups if group.coming]
    passed = turns.passed_on(passed_turns_seen_by(person).filter(session__in=coming))
    quiet = _quiet(person, groups)
    desks = [_desk(group, passed, quiet[group.pk]) for group in groups]
    nexts = [*_of_everybody(groups), *(desk.next for desk in desks if desk.next)]
    first = min(nexts, key=lambda row: row.session.starts_at, default=None)
    context = {
        "desks": desks,
        "first": first,
        "title": title(first.session if first else None),
        "when": when(first.session) if first else "",
        "partner": Partner.objects.filter(person=person).first(),
    }
    return render(request, "pages/partner.html", context)


@require_safe
@login_required
def partner_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who sits in one of my groups, page by page."""
    group: Any = get_object_or_404(_led_by(reader(request)), pk=pk)
    page = Paginator(_sitting().filter(subgroup=group), PAGE).get_page(request.GET.get("page"))
    people = [row.enrollment for row in page]
    context = {"group": group, "cohort": group.cohort, "page": page, "people": people}
    return render(request, "pages/partner_group.html", context)


def title(session: Session | None) -> str:
    """Return how near the next session is, when that is what matters now."""
    if session is None:
        return _("My subgroups this week")
    if session.stage == "live":
        return _("Your session is on now")
    left = _minutes_until(session)
    if left > SOON:
        return _("My subgroups this week")
    return ngettext("%(n)s minute until it begins", "%(n)s minutes until it begins", left) % {"n": left}


def when(session: Session) -> str:
    """Return when a session is: "Thursday 21:00, in 12 minutes", or only the day and hour when it is far."""
    left, at = _minutes_until(session), moments.moment(session.starts_at)
    if session.stage == "live":
        return _("since %(clock)s") % {"clock": moments.clock(session.starts_at)}
    if left > SOON:
        return at
    near = f"{moments.weekday(session.starts_at)} {moments.clock(session.starts_at)}"
    return ngettext("%(at)s, in %(n)s minute", "%(at)s, in %(n)s minutes", left) % {"at": near, "n": left}


def _minutes_until(session: Session) -> int:
    return max(1, -int(-(session.starts_at - timezone.now()).total_seconds() // 60))


def _led_by(person: User) -> QuerySet[Any]:
    """The groups a person leads now, in cohorts that are not over, with how many `people` sit there."""
    inside = Membership.objects.filter(subgroup=OuterRef("pk"), until=None, enrollment__state__in=Enrollment.BELONGS)
    found: Any = subgroups_led_by(person).exclude(cohort__state__in=Cohort.OVER)
    return found.annotate(people=week.counted(inside, "subgroup"))  # type: ignore[no-any-return]


def _desk(group: Any, passed: dict[int, list[tuple[User, str]]], quiet: list[Any]) -> Desk:
    session = group.coming[0] if group.coming else None
    if session:
        session.cohort, session.subgroup = group.cohort, group
    asked = session if session and session.starts_at > timezone.now() else None
    for place in quiet:
        place.note = nudging.words_for(place, asked)
    people = [row.enrollment for row in group.sitting]
    own = Next(session, turns.slots(session, session.standing, None)) if session else None
    return Desk(group, people, own, passed.get(session.pk, []) if session else [], quiet)


def _of_everybody(groups: list[Any]) -> list[Next]:
    """The next session of the whole cohorts these groups are part of: a partner is there too."""
    whole = Session.objects.filter(cohort__in={group.cohort_id for group in groups}, subgroup=None)
    rows: Any = week.coming(whole).select_related("cohort__study").prefetch_related(_standing())
    return [Next(session, turns.slots(session, session.standing, None)) for session in rows[:1]]


def _quiet(person: User, groups: list[Any]) -> dict[int, list[Any]]:
    """The quiet members of each group, with the note that rests on them (`resting`), if any."""
    sitting = members_looked_after_by(person).filter(memberships__until=None, memberships__subgroup__in=groups)
    rows: Any = nudging.quiet(sitting).annotate(sits=F("memberships__subgroup"))
    found = defaultdict(list)
    for place in rows.prefetch_related(Prefetch("nudges", nudging.resting(), to_attr="resting"))[: PAGE * OPEN_NOTES]:
        found[place.sits].append(place)
    return found


def _members() -> Prefetch[str]:
    return Prefetch("memberships", _sitting()[:PAGE], to_attr="sitting")


def _sitting() -> QuerySet[Membership]:
    """Open memberships, whoever came first at the top, each enrollment with its posts and turns counted."""
    members = Enrollment.objects.filter(state__in=Enrollment.BELONGS).select_related("person__profile")
    people = members.annotate(post_count=POSTS, turn_count=TURNS)
    inside = Membership.objects.filter(until=None, enrollment__state__in=Enrollment.BELONGS)
    return inside.prefetch_related(Prefetch("enrollment", people)).order_by("since", "pk")


def _coming() -> Prefetch[str]:
    planned: QuerySet[Session] = week.coming(Session.objects.all())
    return Prefetch("sessions", planned.prefetch_related(_standing()), to_attr="coming")


def _standing() -> Prefetch[str]:
    return Prefetch("presentations", week.standing(), to_attr="standing")

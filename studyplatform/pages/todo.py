"""What a host could do now, the most pressing first: each with why and one tap away. Computed from rows, not kept."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.models import Cohort, Presentation, Session, Subgroup
from cohorts.nudging import words_for_turn
from cohorts.services import readiness
from studyplatform.kit import moments
from studyplatform.pages import landing

MOST = 5
NEAR = datetime.timedelta(weeks=1)  # before a minimum is decided
ENDING = datetime.timedelta(weeks=2)  # before the last session: time to plan the next run


@dataclass(frozen=True)
class Todo:
    """One thing to do. With `sends` it is a form, and pressing it does the deed; else a link to the very spot."""

    rank: int  # the smaller, the sooner
    words: str
    why: str
    url: str
    action: str
    sends: dict[str, str] | None = None


@dataclass
class Rows:
    """What is looked at, all of it fetched before: see `hosting.to_do`."""

    cohorts: list[Any]  # alive, from `with_standing`
    sessions: list[Session]  # of everybody, this week
    late: list[Presentation]  # turns of the next two days whose case study is not out, with nobody reminded this week
    leaderless: list[Subgroup]  # of cohorts that are open, nobody leads them and nobody is asked
    last: list[Any]  # each study's last cohort
    new: list[Any]  # studies without a cohort
    former: dict[int, int] = field(default_factory=dict)  # people of earlier cohorts who could come, by cohort
    asked: list[Any] = field(default_factory=list)  # scholarships somebody asks for, each with how many (`asked`)
    unpaid: bool = False  # money comes in and nobody said where it goes


def of(rows: Rows) -> list[Todo]:
    """Return everything there is to do, the most pressing first."""
    found = [*_money(rows), *_turns(rows), *_leads(rows), *_runs(rows), *_new(rows), *_asked(rows)]
    first: dict[int, Session] = {}
    for session in rows.sessions:
        first.setdefault(session.cohort_id, session)
    for cohort in rows.cohorts:
        found += _of_cohort(cohort, first.get(cohort.pk), rows.former.get(cohort.pk, 0))
    return sorted(found, key=lambda todo: todo.rank)


def _money(rows: Rows) -> Iterator[Todo]:
    if rows.unpaid:
        why = _("What your sessions bring waits until then.")
        yield Todo(1, _("Say where your money goes"), why, reverse("payee"), _("Set it up"))


def _turns(rows: Rows) -> Iterator[Todo]:
    for turn in rows.late:
        when = {"name": turn.enrollment.person.name, "when": moments.near_day(turn.session.starts_at)}
        why = _("%(study)s %(at)s. A word helps more than a reminder by itself.")
        at = {"study": turn.session.cohort.study.title, "at": moments.moment(turn.session.starts_at)}
        yield Todo(
            2,
            _("%(name)s presents %(when)s, and the case study is not out") % when,
            why % at,
            reverse("member_nudge", args=[turn.enrollment.public_id]),
            _("Send a note"),
            {"words": words_for_turn(turn), "next": reverse("studio")},
        )


def _leads(rows: Rows) -> Iterator[Todo]:
    by_cohort: dict[int, list[Subgroup]] = {}
    for group in rows.leaderless:
        by_cohort.setdefault(group.cohort_id, []).append(group)
    for groups in by_cohort.values():
        cohort = groups[0].cohort
        many, here = len(groups) > 1, [cohort.study.slug, cohort.number]
        url = reverse("studio_groups", args=here) if many else reverse("studio_group", args=[*here, groups[0].pk])
        words = ngettext("%(n)s subgroup has no partner", "%(n)s subgroups have no partner", len(groups))
        why = _("%(topic)s, %(run)s") % {"topic": groups[0].topic, "run": cohort.run_name}
        yield Todo(4, words % {"n": len(groups)}, why, url, _("Find somebody"))


def _runs(rows: Rows) -> Iterator[Todo]:
    """Studies whose last cohort is over or nearly so: run it again."""
    for cohort in rows.last:
        near = cohort.ends_on <= timezone.localdate() + ENDING
        running = cohort.state in Cohort.RUNNING
        if cohort.state == Cohort.State.DRAFT or (running and not near):
            continue
        reasons = {
            Cohort.State.FINISHED: _("%(study)s has no cohort now. Everything is copied, every date comes later."),
            Cohort.State.CALLED_OFF: _("%(study)s did not take place. With other dates it may."),
        }
        last = _("%(study)s ends soon, and people ask what comes next.")
        yield Todo(
            7,
            _("Run %(run)s again") % {"run": cohort.run_name},
            reasons.get(cohort.state, last) % {"study": cohort.study.title},
            reverse("studio_again", args=[cohort.study.slug, cohort.number]),
            _("Copy it"),
            {},
        )


def _new(rows: Rows) -> Iterator[Todo]:
    for study in rows.new:
        why = _("%(study)s: a first day, a weekly hour, some seats.") % {"study": study.title}
        url = reverse("studio_cohort_new", args=[study.slug])
        yield Todo(6, _("Plan the first cohort"), why, url, _("Plan it"))


def _of_cohort(cohort: Any, session: Session | None, former: int) -> Iterator[Todo]:
    at, here = {"run": cohort.run_name, "study": cohort.study.title}, [cohort.study.slug, cohort.number]
    page = reverse("studio_cohort", args=here)
    if cohort.state == Cohort.State.DRAFT:
        yield _opening(cohort, at, page)
        return
    if session and session.stage in ("live", "soon"):
        why = cohort.full_name
        yield Todo(0, _("Your session is on"), why, session.get_absolute_url(), _("Go there"))
    if cohort.group_count and cohort.unplaced:
        words = ngettext("%(n)s member has no subgroup", "%(n)s members have no subgroup", cohort.unplaced)
        people = f"{reverse('studio_people', args=here)}?show=unplaced"
        why = cohort.full_name
        yield Todo(3, words % {"n": cohort.unplaced}, why, people, _("Place them"))
    yield from _seats(cohort, at, page, former)
    if session and cohort.members:
        day = {**at, "day": moments.day(session.starts_at, cohort.zone)}
        url = f"{session.get_absolute_url()}#turns"
        yield Todo(9, _("See who presents on %(day)s") % day, cohort.full_name, url, _("Look"))


def _opening(cohort: Any, at: dict[str, Any], page: str) -> Todo:
    missing = readiness.missing(cohort)
    if cohort.copied_from_id:
        page = reverse("studio_copy", args=[cohort.study.slug, cohort.number])
    if missing:
        return Todo(6, _("Finish the plan of %(run)s") % at, str(missing[0].sentence), page, _("Mend it"))
    why = _("%(study)s: everything needed is there. Nobody can join before.") % at
    return Todo(5, _("Open %(run)s") % at, why, page, _("Look and open"))


def _asked(rows: Rows) -> Iterator[Todo]:
    for row in rows.asked:
        cohort, at = row.cohort, {"n": row.asked, "run": row.cohort.run_name}
        words = ngettext(
            "%(n)s person asks for a scholarship in %(run)s",
            "%(n)s people ask for a scholarship in %(run)s",
            row.asked,
        )
        page = reverse("studio_scholarships", args=[cohort.study.slug, cohort.number])
        yield Todo(3, words % at, _("They wait for your answer. It is one tap."), page, _("Read and answer"))


def _line(cohort: Any, at: dict[str, Any]) -> Todo:
    count = cohort.seats.waiting
    words = ngettext("%(n)s person waits for a seat in %(run)s", "%(n)s people wait for a seat in %(run)s", count)
    plan = reverse("studio_cohort_edit", args=[cohort.study.slug, cohort.number])
    why = _("Each seat you add is offered to the first in line.")
    return Todo(4, words % {**at, "n": count}, why, plan, _("Add seats"))


def _seats(cohort: Any, at: dict[str, Any], page: str, former: int) -> Iterator[Todo]:
    if landing.status(cohort) != "open":
        return
    if cohort.seats.waiting:
        yield _line(cohort, at)
    if not cohort.seats.free:
        return
    missing = 0 if cohort.minimum_met_at else cohort.minimum - cohort.sold
    share = f"{page}#share"
    if missing > 0:
        words = ngettext("%(n)s more person is needed for %(run)s", "%(n)s more people are needed for %(run)s", missing)
        why = _("It is decided on %(day)s.") % {"day": moments.day(cohort.minimum_by, cohort.zone)}
        near = cohort.minimum_by - timezone.now() < NEAR
        yield Todo(2 if near else 5, words % {**at, "n": missing}, why, share, _("Take the link"))
    if former:
        words = ngettext(
            "Invite %(n)s person of earlier cohorts to %(run)s",
            "Invite %(n)s people of earlier cohorts to %(run)s",
            former,
        )
        why = _("They know how it goes. The link and a few lines are ready for your chat room.")
        yield Todo(6, words % {**at, "n": former}, why, share, _("Take the link"))
    elif missing <= 0:
        words = ngettext("%(n)s seat is left in %(run)s", "%(n)s seats are left in %(run)s", cohort.seats.left)
        why = _("%(study)s: people can join until %(day)s.") % {**at, "day": moments.day(cohort.closes_at, cohort.zone)}
        yield Todo(8, words % {**at, "n": cohort.seats.left}, why, share, _("Take the link"))

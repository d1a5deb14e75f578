"""Sessions out of the weekly rule, and moving one of them."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import letters, weekly
from cohorts.models import Cohort, Session, Subgroup
from cohorts.services import news, presentations
from studyplatform.accounts.models import User
from studyplatform.kit import history, page_cache, queue
from studyplatform.kit.errors import Refused

WORDS = ("title", "run_sheet")
Words = dict[tuple[int | None, int], dict[str, str]]


def write(cohort: Cohort) -> list[Session]:
    """Write the sessions of a cohort and of its subgroups, one a week each.

    A cohort that was copied has the titles and run sheets of last time, session by session.
    """
    before = _last_time(cohort)
    rows = _rows(cohort, None, before)
    for subgroup in cohort.subgroups.all():
        rows += _rows(cohort, subgroup, before)
    return Session.objects.bulk_create(rows)


def _last_time(cohort: Cohort) -> Words:
    """The words of the sessions this cohort was copied from, by their subgroup and number."""
    if not cohort.copied_from_id:
        return {}
    rows = Session.objects.filter(cohort=cohort.copied_from_id).values_list("subgroup", "number", *WORDS)
    return {(group, number): dict(zip(WORDS, words, strict=True)) for group, number, *words in rows}


def write_for(cohort: Cohort, subgroup: Subgroup) -> list[Session]:
    """Write the sessions still to come of a subgroup added after its cohort opened."""
    now = timezone.now()
    return Session.objects.bulk_create(row for row in _rows(cohort, subgroup, {}) if row.starts_at > now)


def _rows(cohort: Cohort, subgroup: Subgroup | None, before: Words) -> list[Session]:
    series = (subgroup.copied_from_id or 0) if subgroup else None  # 0: made anew, nothing was said last time
    clock = subgroup.meets_at if subgroup else cohort.meets_at
    weekday = subgroup.weekday if subgroup else None
    starts = weekly.starts(cohort.starts_on, clock, cohort.tz, cohort.weeks, weekday=weekday)
    return [
        Session(
            cohort=cohort,
            subgroup=subgroup,
            number=number,
            starts_at=start,
            minutes=subgroup.minutes if subgroup else cohort.minutes,
            turns=cohort.turns_per_session,
            **before.get((series, number), {}),
        )
        for number, start in enumerate(starts, 1)
    ]


@transaction.atomic
def change(host: User, session: Session, *, starts_at: datetime.datetime, minutes: int, **words: Any) -> Session:
    """Change one session. A new time grows its sequence, so that calendars move it, and its people are told soon."""
    row = _locked(session)
    moved = (row.starts_at, row.minutes) != (starts_at, minutes)
    if moved:
        _refuse_if_begun(row)
        if starts_at <= timezone.now():
            raise Refused(_("Choose a time that is still to come."), field="day")
        known = row.moved_from if row.news_at else row.starts_at  # to those who were told nothing since
        words |= {"sequence": row.sequence + 1, "moved_from": known, **news.fresh()}
    before, row.starts_at, row.minutes = row.starts_at, starts_at, minutes
    for name, value in words.items():
        setattr(row, name, value)
    row.save()
    if moved:
        history.record(row, row.state, row.state, host, note=f"moved from {before.isoformat()}")
        letters.forget_moves(row)
        queue.wake(news.SESSIONS)
    _changed(row)
    return row


@transaction.atomic
def cancel(host: User, session: Session) -> Session:
    """Cancel one session that has not begun; its turns are free again, who had one is told, and everybody else soon.

    Raises Refused for the last one of the whole cohort: the money still held for it is shared by a session.
    """
    Cohort.objects.select_for_update().get(pk=session.cohort_id)  # two cancelled at once must not both be the last
    row = _locked(session)
    _refuse_if_begun(row)
    if row.state != Session.State.PLANNED:
        raise Refused(_("This session is cancelled already."))
    _refuse_if_last(row)
    history.move(row, Session.State.CANCELLED, host, sequence=row.sequence + 1, **news.fresh())
    letters.forget_moves(row)
    letters.session_cancelled(row, letters.presenters(row))
    queue.wake(news.SESSIONS)
    presentations.free_session(row, host)
    _changed(row)
    return row


def _locked(session: Session) -> Session:
    return (
        Session.objects.select_for_update(of=("self",)).select_related("cohort__study", "subgroup").get(pk=session.pk)
    )


def _refuse_if_begun(session: Session) -> None:
    if session.starts_at <= timezone.now() or session.released_at:
        raise Refused(_("This session has begun. It stays where it was."), field="day")


def _refuse_if_last(session: Session) -> None:
    to_come = Session.objects.filter(cohort=session.cohort_id, subgroup=None, state=Session.State.PLANNED)
    others = to_come.filter(starts_at__gt=timezone.now()).exclude(pk=session.pk)
    if session.subgroup_id is None and not others.exists():
        raise Refused(_("This is the last session of everybody still to come. Move it to another day instead."))


def _changed(session: Session) -> None:
    cohort = session.cohort
    page_cache.bump(f"study:{cohort.study.slug}", f"cohort:{cohort.study.slug}:{cohort.number}")

"""Turns: taken, made ready by a post, passed on, closed. Lock order: enrollment, session, presentation."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrollment, Presentation, Session, Subgroup
from cohorts.services import contributions
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

MINUTES = (5, 30)
COMING = (Presentation.State.CLAIMED, Presentation.State.READY)


@transaction.atomic
def claim(person: User, session: Session, *, minutes: int = 10) -> Presentation:
    """Give the person the first free turn of a coming session they belong to.

    Raises Refused with code "not_member", "not_coming", "already" or "full".
    """
    enrollment = _lock_enrollment(person, session)
    row = Session.objects.select_for_update().get(pk=session.pk)
    _refuse_unless_coming(row)
    standing = list(Presentation.objects.filter(session=row).exclude(state=Presentation.State.PASSED))
    if any(turn.enrollment_id == enrollment.pk for turn in standing):
        raise Refused(_("You already have a turn in this session."), code="already")
    position = _first_free(row, {turn.position for turn in standing})
    length = max(MINUTES[0], min(minutes, MINUTES[1]))
    turn = Presentation.objects.create(session=row, enrollment=enrollment, position=position, minutes=length)
    history.record(turn, "", turn.state, person)
    return turn


def _lock_enrollment(person: User, session: Session) -> Enrollment:
    """Return the person's place, locked; only members take turns, and only in sessions they see as members."""
    enrollment = (
        Enrollment.objects.select_for_update()
        .filter(cohort=session.cohort_id, person=person, state__in=Enrollment.BELONGS)
        .first()
    )
    if enrollment is None or not belongs_in(enrollment, session):
        raise Refused(_("Turns are for the members of this session."), code="not_member")
    return enrollment


def belongs_in(enrollment: Enrollment, session: Session) -> bool:
    """Tell whether a member belongs to the session: the whole cohort's, or their own subgroup's."""
    if session.subgroup_id is None:
        return session.cohort_id == enrollment.cohort_id
    return enrollment.memberships.filter(subgroup=session.subgroup_id, until=None).exists()


def _refuse_unless_coming(session: Session) -> None:
    if session.state != Session.State.PLANNED or session.starts_at <= timezone.now():
        raise Refused(_("This session has begun or is not taking place."), code="not_coming")


def _first_free(session: Session, taken: set[int]) -> int:
    for position in range(1, session.turns + 1):
        if position not in taken:
            return position
    raise Refused(_("Every turn of this session is taken. Another session has room."), code="full")


@transaction.atomic
def make_ready(presentation: Presentation, actor: User | None = None) -> bool:
    """Its case study is out: the turn is ready. False when it was not being written for."""
    return _move_if(presentation, Presentation.State.CLAIMED, Presentation.State.READY, actor)


@transaction.atomic
def make_unready(presentation: Presentation, actor: User | None = None) -> bool:
    """Its case study was taken back: the turn waits for one again. False when it was not ready."""
    return _move_if(presentation, Presentation.State.READY, Presentation.State.CLAIMED, actor)


def _move_if(presentation: Presentation, stands: str, to: str, actor: User | None) -> bool:
    row = Presentation.objects.select_for_update().get(pk=presentation.pk)
    if row.state != stands:
        return False
    history.move(row, to, actor)
    presentation.state = row.state
    return True


@transaction.atomic
def pass_on(person: User, presentation: Presentation, reason: str) -> Presentation:
    """Give one's own turn back before the session begins; the place is free at once.

    Raises Refused with field "reason", or code "not_yours" or "not_coming".
    """
    reason = reason.strip()
    row = Presentation.objects.select_for_update(of=("self",)).select_related("session").get(pk=presentation.pk)
    if row.enrollment.person_id != person.pk:
        raise Refused(_("Only the person whose turn it is can pass it on."), code="not_yours")
    if not reason:
        raise Refused(_("Say in a few words why, so that the others can plan."), field="reason")
    _refuse_unless_coming(row.session)
    if Presentation.State.PASSED not in row.MOVES.get(row.state, ()):
        raise Refused(_("This turn cannot be passed on any more."), code="not_coming")
    history.move(row, Presentation.State.PASSED, person, note=reason)
    return row


def coming_of(enrollment: Enrollment) -> QuerySet[Presentation]:
    """Return the turns somebody has taken and not had yet."""
    taken = Presentation.objects.filter(enrollment=enrollment, state__in=COMING)
    return taken.filter(session__starts_at__gt=timezone.now())


@transaction.atomic
def free(enrollment: Enrollment, actor: User | None = None, *, subgroup: Subgroup | None = None) -> int:
    """Pass on the coming turns of somebody who leaves, or only those in one subgroup; return how many."""
    turns = coming_of(enrollment).select_for_update(of=("self",))
    if subgroup:
        turns = turns.filter(session__subgroup=subgroup)
    return _pass_all(turns, actor, "left")


@transaction.atomic
def free_session(session: Session, actor: User | None = None) -> int:
    """Pass on all turns of a session that does not take place, so that people can take others; return how many."""
    turns = Presentation.objects.select_for_update(of=("self",)).filter(session=session, state__in=COMING)
    return _pass_all(turns, actor, "session cancelled")


@transaction.atomic
def close(session: Session) -> int:
    """Note how the turns of a session that is over went: presented with a case study out, missed without.

    Returns how many turns were closed.
    """
    standing = Presentation.objects.select_for_update(of=("self",)).filter(session=session, state__in=COMING)
    rows = list(standing.select_related("enrollment__cohort"))
    shown = [row for row in rows if row.state == Presentation.State.READY]
    history.move_all(shown, Presentation.State.LIVE)
    history.move_all(shown, Presentation.State.DONE)
    for row in shown:
        contributions.add(row.enrollment, contributions.TURN, f"turn:{row.pk}")
    history.move_all([row for row in rows if row.state == Presentation.State.CLAIMED], Presentation.State.MISSED)
    return len(rows)


def _pass_all(turns: QuerySet[Presentation], actor: User | None, note: str) -> int:
    rows = list(turns)
    for row in rows:
        history.move(row, Presentation.State.PASSED, actor, note=note)
    return len(rows)

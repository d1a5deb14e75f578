"""Waiting for a seat: one stands in line, and each seat that comes free is offered to the first.

`Seats.waiting` counts who stands in line. While it is not zero no one else can take a seat (`seats.hold`), so that
nobody overtakes. Lock order as in `cohorts.services.seats`: cohort, enrollment, seats.
"""

import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import presale, waiting_letters
from cohorts.models import Cohort, Enrollment, Seats
from cohorts.services import news, prices, scholarships, seats
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

OFFER = datetime.timedelta(hours=24)
SHORTEST = datetime.timedelta(hours=1)  # also when joining closes before: nobody gets a seat they cannot reach
LINES = "cohorts.drain_lines"
State = Enrollment.State


@transaction.atomic
def wait(member: User, cohort: Cohort, *, came_from: tuple[str, str] = ("", "")) -> Enrollment:
    """Put somebody at the end of the line; again: the same place. Price and rules are agreed when a seat is offered.

    Raises Refused with code "closed", "soon" (others come first), "already_in" (a seat is theirs) or "free" (one can be
    taken at once).
    """
    cohort = seats.kept_as_it_is(cohort)
    standing = cohort.enrollments.filter(person=member, state__in=Enrollment.LIVE).first()
    if standing and standing.state == State.WAITLISTED:
        return standing
    if standing:
        raise Refused(_("You have a seat in this cohort."), code="already_in")
    seats.refuse_unless_open(cohort)
    presale.refuse_unless_let_in(member, cohort)
    row = _new(member, cohort, came_from)
    waiting_letters.waiting(row, ahead(row))
    _lengthen(cohort)
    return row


def _new(member: User, cohort: Cohort, came_from: tuple[str, str]) -> Enrollment:
    kind, public_id = came_from
    try:
        with transaction.atomic():
            row = Enrollment.objects.create(
                cohort=cohort,
                person=member,
                state=State.WAITLISTED,
                came_from_kind=kind,
                came_from_id=public_id,
                **seats.agreed(cohort, prices.now(cohort)),
            )
    except IntegrityError as twice:  # the same person in two tabs at once
        raise Refused(_("You are already joining this cohort in another window."), code="already_in") from twice
    history.record(row, "", row.state, member)
    return row


def _lengthen(cohort: Cohort) -> None:
    full = Q(taken__gte=F("capacity")) | Q(waiting__gt=0)
    if not Seats.objects.filter(full, cohort=cohort).update(waiting=F("waiting") + 1):
        raise Refused(_("A seat is free. You can join now."), code="free")
    seats.changed(cohort)


def line(cohort: Cohort) -> QuerySet[Enrollment]:
    """Return who waits for a seat, the first in front."""
    return Enrollment.objects.filter(cohort=cohort, state=State.WAITLISTED).order_by("pk")


def ahead(row: Enrollment) -> int:
    """Return how many people stand before somebody in line."""
    return line(row.cohort).filter(pk__lt=row.pk).count()


def with_ahead(rows: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Add to each place how many people stand in line before it (`ahead`)."""
    before = Enrollment.objects.filter(cohort=OuterRef("cohort"), state=State.WAITLISTED, pk__lt=OuterRef("pk"))
    counted = before.order_by().values("cohort").annotate(n=Count("pk")).values("n")
    return rows.annotate(ahead=Coalesce(Subquery(counted), 0))


@transaction.atomic
def leave(member: User, enrollment: Enrollment) -> bool:
    """Let a place in line go, or a seat that was offered; False when it was neither any more."""
    row = seats.locked(enrollment)
    if row.state not in (State.WAITLISTED, State.OFFERED):
        return False
    waiting_letters.take_back(row)
    if row.state == State.OFFERED:
        return seats.release(row, State.CANCELLED, member)
    history.move(row, State.CANCELLED, member)
    _shorten(row.cohort, 1)
    return True


def _shorten(cohort: Cohort, count: int) -> None:
    Seats.objects.filter(cohort=cohort).update(waiting=F("waiting") - count)
    seats.changed(cohort)


def offer(cohort: Cohort) -> None:
    """Offer the free seats of a cohort to those who wait longest, one after the other."""
    news.in_turn(lambda: offer_next(cohort) is not None, seats.OFFERS)


@transaction.atomic
def offer_next(cohort: Cohort) -> Enrollment | None:
    """Offer one free seat to the first in line, at what it costs now; None when nothing is free or nobody waits.

    The cohort's lock keeps it open and at this price meanwhile, and makes drains wait for each other.
    """
    row = _locked(cohort)
    first = line(row).select_for_update(of=("self",)).first() if row.is_joinable else None
    if not first or not _take_for_line(row):
        return None
    first.cohort = row
    until = _until(row)
    now = prices.now(row)
    price = scholarships.take(first.person, row, now[0]) or prices.take(row, now)
    history.move(first, State.OFFERED, hold_until=until, offered_until=until, **seats.agreed(row, price))
    waiting_letters.offered(first)
    return first


def _locked(cohort: Cohort) -> Cohort:
    rows = Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("study")
    return rows.get(pk=cohort.pk)


def _until(cohort: Cohort) -> datetime.datetime:
    now = timezone.now()
    return max(min(now + OFFER, cohort.closes_at), now + SHORTEST)


def _take_for_line(cohort: Cohort) -> bool:
    free = Seats.objects.filter(cohort=cohort, taken__lt=F("capacity"), waiting__gt=0)
    taken = free.update(taken=F("taken") + 1, waiting=F("waiting") - 1)
    seats.changed(cohort)
    return bool(taken)


def end(cohort: Cohort) -> None:
    """Send home who waits for a cohort that takes nobody any more, and tell them."""
    news.in_turn(lambda: _end_some(cohort), LINES)


@transaction.atomic
def _end_some(cohort: Cohort) -> bool:
    row = _locked(cohort)
    if row.is_joinable:  # opened again meanwhile
        return False
    some = list(line(row).select_for_update(of=("self",)).select_related("person__profile")[: news.SOME])
    history.move_all(some, State.CANCELLED)
    _shorten(row, len(some))
    for place in some:
        place.cohort = row
        waiting_letters.line_over(place)
    return len(some) == news.SOME

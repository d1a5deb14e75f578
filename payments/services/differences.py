"""Differences: written down once, closed when they are gone, explained or carried by a person with a reason."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.kinds import kind
from payments.models import BankMovement, Difference, StripeMovement
from payments.services import ledger
from payments.services.ledger import Kind
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

State = Difference.State
LATE = datetime.timedelta(days=1)  # from then on the site is not well


@dataclass(frozen=True)
class Found:
    """A difference as comparing finds it. Amounts in minor units, or counts where there is no currency."""

    kind: str
    key: str  # what of: with the kind it makes one difference
    ours: int | None
    theirs: int | None
    currency: str
    at: datetime.datetime
    movement: StripeMovement | None = None
    booked: int | None = None  # the ledger's transaction
    about: tuple[str, str] = ("", "")  # table and id of the row it is about
    line: BankMovement | None = None

    @property
    def cause(self) -> str:
        """What the row is known by."""
        return f"{self.kind}:{self.key}"


def standing() -> QuerySet[Difference]:
    """Return differences nobody has cured or explained."""
    return Difference.objects.filter(state=State.OPEN)


def late() -> QuerySet[Difference]:
    """Return differences that are open for longer than a day."""
    return standing().filter(first_seen__lt=timezone.now() - LATE)


@transaction.atomic
def record(found: Iterable[Found]) -> None:
    """Write down what was found: a new row once; one seen before is seen again, and open again if it had gone."""
    by_cause = {one.cause: one for one in found}
    rows = Difference.objects.select_for_update().filter(cause__in=by_cause).order_by("pk")
    known = {row.cause: row for row in rows}
    Difference.objects.filter(pk__in=[row.pk for row in known.values()]).update(last_seen=timezone.now())
    for row in known.values():
        _see_again(row, by_cause[row.cause])
    new = Difference.objects.bulk_create(_row(one) for cause, one in by_cause.items() if cause not in known)
    history.record_births(new)


def _row(one: Found) -> Difference:
    return Difference(
        cause=one.cause, kind=one.kind, ours=one.ours, theirs=one.theirs, currency=one.currency, at=one.at,
        movement=one.movement, booked_id=one.booked, about=one.about[0], about_id=one.about[1],
        line=one.line,
    )  # fmt: skip


def _see_again(row: Difference, one: Found) -> None:
    changed = (row.ours, row.theirs) != (one.ours, one.theirs)
    row.ours, row.theirs = one.ours, one.theirs
    if changed:
        row.save(update_fields=["ours", "theirs"])
    if row.state == State.CURED or (row.state == State.EXPLAINED and changed):
        history.move(row, State.OPEN, first_seen=timezone.now())


def _locked(difference: Difference) -> Difference:
    row: Difference = Difference.objects.select_for_update().get(pk=difference.pk)
    return row


@transaction.atomic
def close(difference: Difference, actor: User | None = None, *, note: str = "") -> None:
    """Note that a difference is gone; again changes nothing."""
    row = _locked(difference)
    if row.state == State.OPEN:
        history.move(row, State.CURED, actor, note=note)


@transaction.atomic
def explain(difference: Difference, actor: User, reason: str) -> Difference:
    """Note that a difference is right as it is, and why; it comes back when its amounts change.

    Raises Refused for one that is not open.
    """
    row = _locked(difference)
    if row.state != State.OPEN:
        raise Refused(_("Only an open difference can be explained."))
    history.move(row, State.EXPLAINED, actor, note=reason)
    return row


@transaction.atomic
def carry(difference: Difference, actor: User, reason: str) -> Difference:
    """Book what is between the two sides as the platform's, once, and close the difference.

    Raises Refused for kinds where somebody else's money may be in it, and for one that is not open.
    """
    row = _locked(difference)
    if row.state != State.OPEN or not kind(row.kind).carried:
        raise Refused(_("The platform cannot carry this difference."))
    missing, (place, cause) = between(row), _carried_as(row)
    held, platform = (ledger.account(at, row.currency) for at in (place, Kind.PLATFORM))
    ledger.post(cause, {held: missing, platform: -missing})
    history.move(row, State.CURED, actor, note=reason)
    return row


def between(row: Difference) -> int:
    """Return what our account there lacks for being right, in minor units; below zero: what it has too much."""
    missing = (row.theirs or 0) - (row.ours or 0)
    return -missing if row.kind == "fee" else missing


def _carried_as(row: Difference) -> tuple[str, str]:
    """Return where what is carried is missing, and its cause; a line of a bank's file stands for that from now on."""
    if row.movement:
        return Kind.STRIPE, own(row.movement)
    if not row.line:
        raise Refused(_("The platform cannot carry this difference."))
    cause = f"bank:{row.line.pk}"
    BankMovement.objects.filter(pk=row.line.pk).update(stands_for=cause)
    return Kind.BANK, cause


def own(movement: StripeMovement) -> str:
    """Return the cause under which a movement is booked that belongs to nothing else of ours."""
    return f"stripe:{movement.reference}"


@transaction.atomic
def book_to_bank(movement: StripeMovement) -> None:
    """Book what Stripe sent to our bank, or took from it; the same movement once."""
    stripe, bank = (ledger.account(place, movement.currency) for place in (Kind.STRIPE, Kind.BANK))
    ledger.post(own(movement), {stripe: movement.net, bank: -movement.net})

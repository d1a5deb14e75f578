"""Seats paid for elsewhere: a host brings in who paid them, not us. The seat is counted, the money is not ours.

Nothing is booked. The same list again changes nothing: a payment is known by its cohort and the host's reference.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.models import Cohort, Enrollment, Subgroup
from cohorts.services import seats
from payments import outside_letters
from payments.models import Payment, PaymentLine
from payments.seat_lists import Person, Wrong
from payments.services import outside_refunds
from studyplatform.accounts.models import User
from studyplatform.accounts.services import people
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

OUTSIDE = Payment.Provider.OUTSIDE
NEW, KNOWN, NO, NEXT = "new", "known", "no", "next"
SLICE = 15  # seconds one press works; a long list goes on with the next press


@dataclass(frozen=True)
class Verdict:
    """What becomes of a line of the list: `kind` is new, known, no or next; the sentence says why or with what."""

    number: int
    email: str
    name: str
    kind: str
    sentence: str
    amount: int = 0


class Standing:
    """What a cohort knows of the people on a list, read at once; a seat somebody can have is counted off."""

    def __init__(self, cohort: Cohort, rows: Iterable[Person | Wrong]) -> None:
        listed = [row for row in rows if isinstance(row, Person)]
        emails = [row.email for row in listed]
        known = User.objects.annotate(address=Lower("email")).filter(address__in=emails)
        self.cohort, self.free = cohort, cohort.seats.free
        self.closed = set(known.filter(is_active=False).values_list("address", flat=True))
        self.placed = set(
            known.filter(enrollments__cohort=cohort, enrollments__state__in=Enrollment.LIVE).values_list(
                "address", flat=True
            )
        )
        brought = Payment.objects.filter(provider=OUTSIDE, reference__in=[reference(cohort, row) for row in listed])
        self.brought = dict(brought.values_list("reference", Lower("buyer__email")))
        self.groups = {group.topic: group for group in cohort.subgroups.all()}

    def verdict(self, row: Person | Wrong) -> Verdict:
        """Return what becomes of a line."""
        if isinstance(row, Wrong):
            return Verdict(row.number, row.email, row.name, NO, row.sentence)
        try:
            kind, sentence = (
                (NEW, _("Gets a seat and a letter."))
                if self.take(row)
                else (KNOWN, _("Brought in before. Nothing changes."))
            )
        except Refused as refused:
            kind, sentence = NO, str(refused)
        return Verdict(row.number, row.email, row.name, kind, sentence, row.amount)

    def take(self, row: Person) -> bool:
        """Count off a seat for somebody new; False for who was brought in before. Raises Refused for all others."""
        if reference(self.cohort, row) in self.brought:
            if self.brought[reference(self.cohort, row)] != row.email:
                raise Refused(_("This reference is another person’s."))
            return False
        seats.refuse_unless_open(self.cohort)
        if row.email in self.closed:
            raise Refused(_("This address cannot be brought in."))
        if row.email in self.placed:
            raise Refused(_("Has a place in this cohort already, is paying for one, or stands in line."))
        self._count(row)
        return True

    def _count(self, row: Person) -> None:
        group = self.group(row)
        if self.free <= 0:
            raise Refused(_("No seat is free."))
        self.free -= 1
        if group:
            group.taken += 1

    def group(self, row: Person) -> Subgroup | None:
        """Return the subgroup a line names. Raises Refused when there is none, or no room in it."""
        group = self.groups.get(row.subgroup)
        if row.subgroup and not group:
            raise Refused(_("No subgroup is called “%(topic)s”.") % {"topic": row.subgroup})
        if group and group.left <= 0:
            raise Refused(_("The subgroup “%(topic)s” is full.") % {"topic": row.subgroup})
        return group


def reference(cohort: Cohort, row: Person) -> str:
    """Return what a payment is known by."""
    return f"{cohort.pk}:{row.reference}"


def preview(cohort: Cohort, rows: Sequence[Person | Wrong]) -> list[Verdict]:
    """Return what bringing these people in would do; nothing is done."""
    standing = Standing(cohort, rows)
    return [standing.verdict(row) for row in rows]


def bring_in(host: User, cohort: Cohort, rows: Sequence[Person | Wrong]) -> list[Verdict]:
    """Give a seat to everybody on a list who can have one, each in a transaction of its own; say how each went.

    What SLICE had no time for is next: the same list again goes on there.
    """
    until = time.monotonic() + SLICE
    done: list[Verdict] = []
    for row in rows:
        late = done and time.monotonic() >= until
        done.append(_next(row) if late and isinstance(row, Person) else _bring(host, cohort, row))
    return done


def _next(row: Person) -> Verdict:
    return Verdict(row.number, row.email, row.name, NEXT, _("Comes next."), row.amount)


@transaction.atomic
def _bring(host: User, cohort: Cohort, row: Person | Wrong) -> Verdict:
    """Bring in one person. The cohort is locked against other lists of it, and its buyers do not wait for that."""
    locked = (
        Cohort.objects.select_for_update(no_key=True, of=("self",)).select_related("study", "seats").get(pk=cohort.pk)
    )
    standing = Standing(locked, [row])
    found = standing.verdict(row)
    if isinstance(row, Wrong) or found.kind != NEW:
        return found
    try:
        with transaction.atomic():
            _give_seat(host, locked, row, standing.groups.get(row.subgroup))
    except Refused as refused:  # a buyer was a moment faster
        return Verdict(row.number, row.email, row.name, NO, str(refused), row.amount)
    return found


def _give_seat(host: User, cohort: Cohort, row: Person, group: Subgroup | None) -> None:
    member = people.bring_in(row.email, row.name, language=cohort.study.language, time_zone=cohort.zone)
    place = seats.hold_paid(member, cohort, price=row.amount, subgroup=group)
    now = timezone.now()
    payment = Payment.objects.create(
        buyer=member,
        provider=OUTSIDE,
        reference=reference(cohort, row),
        amount=place.price,
        currency=place.currency,
        state=Payment.State.PAID,
        paid_at=now,
        due_at=None,
        done_at=now,
    )
    PaymentLine.objects.create(payment=payment, enrollment=place, amount=place.price)
    history.record(payment, "", payment.state, host)
    seats.settle(place, host)
    outside_letters.brought_in(payment, place)


def brought_into(cohort: Cohort) -> QuerySet[PaymentLine]:
    """Return the seats of a cohort paid for elsewhere, the newest first, with what is still to be given back."""
    lines = PaymentLine.objects.filter(enrollment__cohort=cohort, payment__provider=OUTSIDE, amount__gt=0)
    owing = Prefetch("refunds", outside_refunds.owing(cohort), to_attr="owing")
    return lines.select_related("payment__buyer__profile", "enrollment").prefetch_related(owing).order_by("-pk")

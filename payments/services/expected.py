"""What is still to come for hosts and partners: their shares of what escrow holds, and amounts of partners' terms."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from cohorts.agreed import Agreed
from cohorts.models import Cohort, Leadership, Membership, Session
from payments.models import PaymentLine
from payments.services import releases
from studyplatform.accounts.models import User

HOST, PARTNER = "host", "partner"
Part = tuple[Cohort, str, int, int]  # of which cohort, as what, minor units, paid seats


@dataclass
class Expected:
    """What one cohort's coming sessions will still bring a person, in minor units."""

    run: str  # its full name
    role: str  # host or partner
    sessions: int  # to come
    currency: str
    amount: int = 0
    seats: int = 0


def of(person: User) -> list[Expected]:
    """Return what cohorts the person hosts or leads in will still bring, by the terms of each seat."""
    lines = list(_lines_for(person))
    cohorts = {line.enrollment.cohort_id: line.enrollment.cohort for line in lines}
    agreed, sessions = Agreed(cohorts), _sessions(cohorts)
    found: dict[tuple[int, str], Expected] = {}
    for cohort, role, amount, seats in [*_of_seats(lines, person.pk, agreed), *_by_terms(cohorts, person.pk, agreed)]:
        blank = Expected(cohort.full_name, role, sessions[cohort.pk], cohort.currency)
        row = found.setdefault((cohort.pk, role), blank)
        row.amount, row.seats = row.amount + amount, row.seats + seats
    for row in found.values():  # one seat may cost a host more than it brings: what the others bring is less by that
        row.amount = max(0, row.amount)
    return list(found.values())


def _of_seats(lines: list[PaymentLine], person: int, agreed: Agreed) -> Iterator[Part]:
    """What escrow holds for each seat: shares, and what terms give for its member."""
    cohorts = {line.enrollment.cohort_id for line in lines}
    held, shared = releases.held_by_line(cohorts), releases.shared_by_line(cohorts)
    leaders = _leaders(lines)
    for line in lines:
        seat, left, leader = line.enrollment, held.get(line.pk, 0), leaders.get(line.enrollment_id)
        _, partner, host = releases.split(left, seat, leader, agreed)
        rate = agreed.for_seat(seat, leader).amounts.per_member if leader else 0
        for_member = rate * left // (left + shared.get(line.pk, 0)) if left else 0
        if left and seat.cohort.study.payee_id == person:
            yield seat.cohort, HOST, host - for_member, 1
        if left and leader == person:
            yield seat.cohort, PARTNER, partner + for_member, 1


def _by_terms(cohorts: dict[int, Cohort], person: int, agreed: Agreed) -> Iterator[Part]:
    """What terms give for sessions to come and for leading to the end; a bonus is nobody's yet."""
    now = timezone.now()
    planned = Q(subgroup__sessions__state=Session.State.PLANNED, subgroup__sessions__released_at=None)
    leads = Leadership.objects.filter(subgroup__cohort__in=cohorts, kind=Leadership.Kind.LEAD, period__contains=now)
    each = leads.values_list("subgroup__cohort", "partner__person").annotate(
        sessions=Count("subgroup__sessions", filter=planned)
    )
    for pk, leader, sessions in each:
        cohort, rules = cohorts[pk], agreed.at(pk, leader, now).amounts
        amount = sessions * rules.per_session + rules.per_cohort
        if amount and leader != cohort.study.payee_id:
            if cohort.study.payee_id == person:
                yield cohort, HOST, -amount, 0
            if leader == person:
                yield cohort, PARTNER, amount, 0


def _lines_for(person: User) -> QuerySet[PaymentLine]:
    """Paid lines of cohorts whose sessions are not all shared, paid to the person or led in by them."""
    hosted = Q(enrollment__cohort__study__payee=person)
    led = Leadership.objects.filter(partner__person=person, period__contains=timezone.now())
    running = Session.objects.filter(subgroup=None, state=Session.State.PLANNED, released_at=None)
    return (
        PaymentLine.objects.filter(
            hosted | Q(enrollment__cohort__in=led.values("subgroup__cohort")), payment__state="paid"
        )
        .filter(enrollment__cohort__in=running.values("cohort"), refunded__lt=F("amount"))
        .select_related("enrollment__terms", "enrollment__cohort__study")
        .order_by("enrollment__cohort__starts_on", "pk")
    )


def _leaders(lines: Iterable[PaymentLine]) -> dict[int, int]:
    """Who leads each member's subgroup now: enrollment id -> person id."""
    cohorts = {line.enrollment.cohort_id for line in lines}
    leads = Leadership.objects.filter(subgroup__cohort__in=cohorts, period__contains=timezone.now())
    # A stand-in of today is paid for today, so leads come last and stay.
    leader = dict(leads.order_by("-kind").values_list("subgroup_id", "partner__person_id"))
    members = Membership.objects.filter(subgroup__cohort__in=cohorts, until=None)
    pairs = members.values_list("enrollment_id", "subgroup_id")
    return {member: leader[group] for member, group in pairs if group in leader}


def _sessions(cohorts: Iterable[int]) -> dict[int, int]:
    """How many cohort-wide sessions are to come, by cohort."""
    planned = Session.objects.filter(subgroup=None, state=Session.State.PLANNED, released_at=None)
    counted: dict[int, int] = defaultdict(int)
    for cohort in planned.filter(cohort__in=cohorts).values_list("cohort"):
        counted[cohort[0]] += 1
    return counted

"""Companies' seats: a price on paper, then all of them or none.

A group takes its seats by the same conditional update as anybody else (`seats.take`), so that it is whole or nothing
however many buy at once. Lock order: cohort (shared), group, enrollment, seats.
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import prices as bounds
from cohorts import pricing
from cohorts.models import Cohort, Enrollment, GroupPlan, SeatGroup
from cohorts.services import seats
from studyplatform.accounts.models import User
from studyplatform.kit import history, money, page_cache
from studyplatform.kit.errors import Refused

State = SeatGroup.State
KIND = "group"  # of price, on the seats


@transaction.atomic
def save_plan(host: User, cohort: Cohort, **plan: Any) -> GroupPlan:
    """Say how a cohort sells seats to companies, for new quotes. `reduction` in basis points."""
    row, _new = GroupPlan.objects.update_or_create(cohort=cohort, defaults=plan)
    note = f"{row.reduction} of {money.BASIS} from {row.reduction_from}, {row.quote_days} days"
    history.record(row, "", "on" if row.on else "off", host, note=note)
    page_cache.bump(f"cohort:{cohort.study.slug}:{cohort.number}")
    return row


def plan_of(cohort: Cohort) -> GroupPlan | None:
    """Return how a cohort sells seats to companies, if its host has said so."""
    return GroupPlan.objects.filter(cohort=cohort).first()


def offered(cohort: Cohort) -> bool:
    """Whether a company can ask for a price now: its host wants it, it costs something, everybody may join."""
    return _selling(cohort) is not None


def _selling(cohort: Cohort) -> GroupPlan | None:
    plan = plan_of(cohort)
    sells = plan and plan.on and cohort.is_joinable and cohort.is_on_sale and pricing.standard(cohort)
    return plan if sells else None


def price_of_each(cohort: Cohort, plan: GroupPlan, size: int) -> int:
    """Return what each of so many seats costs a company now, in minor units.

    The standard price, of a cohort that has begun the part to come, less the host's reduction; nothing else comes off.
    """
    part = pricing.part_of(pricing.standard(cohort), *pricing.sessions_of(cohort), cohort.currency)
    off = money.share(part, plan.reduction) if size >= plan.reduction_from else 0
    return max(bounds.least(cohort.currency), part - off)


@transaction.atomic
def quote(buyer: User, cohort: Cohort, *, size: int, **told: Any) -> SeatGroup:
    """Write a company its price: amount and refund rule hold until its day, never longer than joining is open.

    Nothing is taken yet. Raises Refused when the cohort sells no seats to companies, or has not that many.
    """
    cohort = seats.kept_as_it_is(cohort)
    plan = _selling(cohort)
    if not plan:
        raise Refused(_("This cohort sells no seats to companies now."), code="closed")
    if size > cohort.seats.capacity:
        raise Refused(_("This cohort has not that many seats."), field="size")
    until = min(timezone.now() + datetime.timedelta(days=plan.quote_days), cohort.closes_at)
    agreed = {"price": price_of_each(cohort, plan, size), "currency": cohort.currency, "policy_id": cohort.policy_id}
    row = SeatGroup.objects.create(buyer=buyer, cohort=cohort, size=size, good_until=until, **agreed, **told)
    history.record(row, "", row.state, buyer)
    return row


def locked(group: SeatGroup) -> SeatGroup:
    """Return a group's row, locked, with its cohort."""
    rows = SeatGroup.objects.select_for_update(of=("self",), no_key=True).select_related("cohort__study", "buyer")
    return rows.get(pk=group.pk)


@transaction.atomic
def hold(buyer: User, group: SeatGroup) -> list[Enrollment]:
    """Hold all seats of a quote while they are paid for, or none of them; return them, without names.

    Raises Refused when the quote is over or accepted already, with code "closed", or "sold_out" when not so many are
    free.
    """
    row = _good(group)
    rows = _places(buyer, row, Enrollment.State.HELD, hold_until=timezone.now() + seats.HOLD)
    history.move(row, State.PAYING, buyer)
    return rows


@transaction.atomic
def reserve(buyer: User, group: SeatGroup, pay_by: datetime.datetime) -> list[Enrollment]:
    """Give a company all seats of a quote before it pays, or none; return them. Raises Refused as `hold` does."""
    row = _good(group)
    rows = _places(buyer, row, Enrollment.State.RESERVED)
    history.move(row, State.INVOICED, buyer, pay_by=pay_by)
    return rows


def _good(group: SeatGroup) -> SeatGroup:
    seats.kept_as_it_is(group.cohort)
    row = locked(group)
    seats.refuse_unless_open(row.cohort)
    if row.state != State.QUOTED:
        raise Refused(_("This quote has been accepted already."))
    if not row.is_good:
        raise Refused(_("This quote has run out. Ask for a new one."))
    return row


def _places(buyer: User, row: SeatGroup, state: str, **more: Any) -> list[Enrollment]:
    """Make and take the seats of a group, with what its quote promised."""
    agreed = {**seats.agreed(row.cohort, (row.price, KIND)), "policy_id": row.policy_id, **more}
    rows = Enrollment.objects.bulk_create(
        Enrollment(cohort=row.cohort, group=row, state=state, **agreed) for _n in range(row.size)
    )
    history.record_births(rows, buyer)
    take(row, row.size)
    return rows


def take(row: SeatGroup, number: int) -> None:
    """Take so many seats for a group, or none. Raises Refused with code "sold_out" and how many are free."""
    try:
        seats.take(row.cohort, number)
    except Refused as refused:
        left = seats.free(row.cohort)
        sentence = _("There are not that many seats free right now: %(left)s are.") % {"left": left}
        raise Refused(sentence, code=refused.code) from None


@transaction.atomic
def settle(row: SeatGroup, places: list[Enrollment], actor: User | None = None) -> bool:
    """Keep all paid seats of a locked group for good; those that ran out are taken again, all of them or none.

    Seats given before they were paid for stay as they are, named or not; then money for seats that ran out is too much.
    False, and nothing has changed, when not so many are free or the company has them another way meanwhile.
    """
    if row.state in SeatGroup.OWING:
        return all(place.state != Enrollment.State.EXPIRED for place in places)
    try:
        with transaction.atomic():
            return _settle(row, [seats.locked(place) for place in places], actor)
    except Refused:
        return False


def _settle(row: SeatGroup, places: list[Enrollment], actor: User | None) -> bool:
    gone = [place for place in places if place.state == Enrollment.State.EXPIRED]
    if gone and row.cohort.state not in Cohort.RUNNING:
        return False
    for place in places:
        history.move(place, Enrollment.State.RESERVED, actor, hold_until=None)
    if gone:
        take(row, len(gone))
    seats.changed(row.cohort)
    return True


def overdue() -> QuerySet[SeatGroup]:
    """Return companies that did not pay their invoice in time, and about which no host has decided."""
    return SeatGroup.objects.filter(state=State.OVERDUE)


def counted(groups: QuerySet[SeatGroup]) -> QuerySet[Any]:
    """Give each group the numbers of its seats: how many are `named`, were given back (`gone`) and are `left` of it."""
    rows = groups.annotate(
        named=Count("places", filter=Q(places__state__in=Enrollment.BELONGS)),
        standing=Count("places", filter=Q(places__state__in=Enrollment.SEATED)),
    )
    gone = Case(When(state=State.PAID, then=F("size") - F("standing")), default=0)
    return rows.annotate(gone=gone, left=F("size") - gone)


@transaction.atomic
def reopen(group: SeatGroup) -> None:
    """Let a quote stand again whose seats nobody paid for in time."""
    row = locked(group)
    if row.state == State.PAYING:
        history.move(row, State.QUOTED)

"""Seats: taken and given back under contention, never more than there are.

The seat is taken by one conditional update of the cohort's narrow row (`take_seats` in PostgreSQL), last in the
transaction, so that buyers wait for each other only as long as that update takes. Who has no place, credit or
scholarship is held one in a single statement (`hold_seat` in PostgreSQL, migration 0024); what is not so plain, or
refused, goes the long way here. Both end in the same rows. Lock order: cohort (shared), enrollment, price, subgroups
(by number), seats.
"""

import datetime
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import presale, waiting_letters
from cohorts.models import Cohort, Enrollment, Membership, Seats, Subgroup, Terms
from cohorts.services import coupons, credit_uses, presentations, prices, scholarships
from studyplatform.accounts.models import User
from studyplatform.kit import history, page_cache, queue
from studyplatform.kit.errors import Refused
from studyplatform.kit.ids import short_id

HOLD = datetime.timedelta(minutes=35)  # Stripe's shortest hosted page lives 30; the rest is grace
FIELDS = [str(field.column) for field in Enrollment._meta.concrete_fields]
HOLD_PLAINLY = f"SELECT {', '.join(FIELDS)} FROM hold_seat(%s, %s, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608
OFFERS = "cohorts.drain_offers"  # seats that came free go to who waits (cohorts.services.waiting)


def hold(
    member: User,
    cohort: Cohort,
    *,
    subgroup: Subgroup | None = None,
    came_from: tuple[str, str] = ("", ""),
    coupon: str = "",
    credit: bool = False,
    by_host: bool = False,
) -> Enrollment:
    """Hold a seat in a cohort, and in a subgroup if one is named, until `hold_until`; return the enrollment.

    Holding again while a hold runs returns the same enrollment, moved to the subgroup now named, or out of it when
    none is; a seat offered to the member is taken up. With `credit` the member's credit is used. Who comes `by_host`
    need not wait for the opening. Raises Refused with code "already_in", "waiting", "closed", "soon" (others come
    first), "first_taken" (the seats given before the opening), "sold_out", "subgroup_full" or "coupon".
    """
    plain = None if coupon else _hold_plainly(member, cohort, subgroup, came_from, credit=credit)
    return plain or _hold(member, cohort, subgroup, came_from, coupon, credit=credit, by_host=by_host)


def _hold_plainly(
    member: User, cohort: Cohort, subgroup: Subgroup | None, came_from: tuple[str, str], *, credit: bool
) -> Enrollment | None:
    """Hold a seat in one statement; None, and nothing changed, when it is not so plain."""
    now, group = timezone.now(), subgroup.pk if subgroup else None
    with connection.cursor() as cursor:
        cursor.execute(HOLD_PLAINLY, [cohort.pk, member.pk, short_id(), group, credit, now, now + HOLD, *came_from])
        row = cursor.fetchone()
    if row is None:
        return None
    held = Enrollment.from_db(connection.alias, FIELDS, row)
    held.person = member
    changed(cohort)
    return held


@transaction.atomic
def _hold(
    member: User,
    cohort: Cohort,
    subgroup: Subgroup | None,
    came_from: tuple[str, str],
    coupon: str,
    *,
    credit: bool,
    by_host: bool,
) -> Enrollment:
    cohort = kept_as_it_is(cohort)
    standing = (
        Enrollment.objects.select_for_update().filter(cohort=cohort, person=member, state__in=Enrollment.LIVE).first()
    )
    if not is_promised(standing, cohort):
        refuse_unless_open(cohort)
    if standing:
        return _hold_again(standing, member, subgroup, credit=credit)
    if not by_host:
        presale.refuse_unless_let_in(member, cohort)
    enrollment = _new_enrollment(member, cohort, prices.now(cohort), came_from)
    _price(enrollment, coupon, credit=credit)
    if subgroup:
        join_subgroup(enrollment, subgroup)
    take(cohort, most=None if by_host else presale.most(cohort))
    return enrollment


@transaction.atomic
def hold_paid(member: User, cohort: Cohort, *, price: int, subgroup: Subgroup | None = None) -> Enrollment:
    """Hold a seat that was paid for elsewhere, at what it cost there (minor units), for who has no place yet.

    Raises Refused with code "already_in", "closed", "sold_out" or "subgroup_full".
    """
    cohort = kept_as_it_is(cohort)
    refuse_unless_open(cohort)
    enrollment = _new_enrollment(member, cohort, (price, Enrollment.OUTSIDE))
    if subgroup:
        join_subgroup(enrollment, subgroup)
    take(cohort)
    return enrollment


def kept_as_it_is(cohort: Cohort) -> Cohort:
    """Return the cohort as it is until this transaction ends: it is not called off or priced anew meanwhile.

    Buyers share this lock with each other; only who changes the cohort has to wait for them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cohorts_cohort WHERE id = %s FOR KEY SHARE", [cohort.pk])
    return Cohort.objects.get(pk=cohort.pk)


def refuse_unless_open(cohort: Cohort) -> None:
    """Raise Refused when nobody can join this cohort now."""
    if cohort.state != Cohort.State.OPEN or cohort.closes_at <= timezone.now():
        raise Refused(_("This cohort is not taking members now."), code="closed")


def is_promised(enrollment: Enrollment | None, cohort: Cohort) -> bool:
    """Tell whether a seat is kept for somebody who has not paid yet; closing for new members does not take it."""
    kept = enrollment and enrollment.hold_until and enrollment.hold_until > timezone.now()
    return bool(kept) and cohort.state in Cohort.RUNNING


def _hold_again(enrollment: Enrollment, member: User, subgroup: Subgroup | None, *, credit: bool) -> Enrollment:
    if enrollment.state in Enrollment.BELONGS:
        raise Refused(_("You are already in this cohort."), code="already_in")
    if enrollment.state == Enrollment.State.WAITLISTED:
        raise Refused(_("You stand in line. We write to you as soon as a seat is yours."), code="waiting")
    if enrollment.state == Enrollment.State.OFFERED:
        _accept(enrollment, member, credit=credit)
    _choose_again(enrollment, subgroup)
    return enrollment


def _accept(enrollment: Enrollment, member: User, *, credit: bool) -> None:
    """Take an offered seat up: held for as long as any other, or for what is left of the offer when that is more."""
    until = max(timezone.now() + HOLD, enrollment.hold_until or timezone.now())
    if credit and not enrollment.credit:
        credit_uses.take_off(enrollment)
    frozen: dict[str, Any] = {"price": enrollment.price, "credit": enrollment.credit}
    history.move(enrollment, Enrollment.State.HELD, member, hold_until=until, **frozen)


def _choose_again(enrollment: Enrollment, subgroup: Subgroup | None) -> None:
    standing = enrollment.memberships.filter(until=None).first()
    before, now = standing.subgroup_id if standing else None, subgroup.pk if subgroup else None
    if before == now:
        return
    touched = Subgroup.objects.filter(pk__in=[pk for pk in (before, now) if pk])
    list(touched.select_for_update(no_key=True).order_by("pk"))  # one order for everybody
    leave_subgroup(enrollment)
    if subgroup:
        join_subgroup(enrollment, subgroup)


def agreed(cohort: Cohort, price: tuple[int, str]) -> dict[str, Any]:
    """Return what is frozen with a seat taken now: its price (amount and kind), its refund rule, its terms."""
    return {
        "price": price[0],
        "price_kind": price[1],
        "currency": cohort.currency,
        "policy_id": cohort.policy_id,
        "terms": Terms.objects.filter(cohort=cohort).latest("version"),
    }


def _new_enrollment(
    member: User, cohort: Cohort, price: tuple[int, str], came_from: tuple[str, str] = ("", "")
) -> Enrollment:
    try:
        with transaction.atomic():
            enrollment = Enrollment.objects.create(
                cohort=cohort,
                person=member,
                state=Enrollment.State.HELD,
                hold_until=timezone.now() + HOLD,
                **agreed(cohort, price),
                came_from_kind=came_from[0],
                came_from_id=came_from[1],
            )
    except IntegrityError as twice:  # the same person in two tabs at once
        raise Refused(_("You are already joining this cohort in another window."), code="already_in") from twice
    history.record(enrollment, "", enrollment.state, member)
    return enrollment


def _price(row: Enrollment, code: str, *, credit: bool) -> None:
    """Freeze the price of a seat just held, once its row stands: prices, coupons and credit are locked after it."""
    before = (row.price, row.price_kind)
    scholarship = scholarships.take(row.person, row.cohort, row.price, code)
    row.price, row.price_kind = scholarship or prices.take(row.cohort, before)
    if code:
        row.coupon = coupons.take(code, row)
        row.price = coupons.less(row.coupon, row.price, row.currency)
    if credit:
        credit_uses.take_off(row)
    if row.coupon or (row.price, row.price_kind) != before:
        row.save(update_fields=["price", "price_kind", "coupon", "credit"])


def take(cohort: Cohort, number: int = 1, *, most: int | None = None) -> None:
    """Take so many free seats at once, or none of them; `most` may be taken so far, while only some people may join.

    Raises Refused with code "sold_out" or "first_taken".
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT take_seats(%s, %s, %s)", [cohort.pk, number, most])
        (taken,) = cursor.fetchone()
    if not taken:
        sold_out = Refused(_("Every seat is taken or being paid for right now."), code="sold_out")
        raise presale.all_taken(cohort) if most is not None and free(cohort) >= number else sold_out
    changed(cohort)


def free(cohort: Cohort) -> int:
    """Return how many seats anybody can take now."""
    return Seats.objects.get(cohort=cohort).free


def _give_back(cohort: Cohort) -> None:
    Seats.objects.filter(cohort=cohort).update(taken=F("taken") - 1, freed_at=timezone.now())
    queue.wake(OFFERS)
    changed(cohort)


def changed(cohort: Cohort) -> None:
    """Make what is kept of a cohort's seats old."""
    page_cache.bump(f"seats:{cohort.pk}")


def join_subgroup(enrollment: Enrollment, subgroup: Subgroup) -> Membership:
    """Take a seat in a subgroup of the enrollment's cohort. Raises Refused with code "subgroup_full"."""
    taken = Subgroup.objects.filter(pk=subgroup.pk, cohort=enrollment.cohort_id, taken__lt=F("capacity")).update(
        taken=F("taken") + 1
    )
    if not taken:
        raise Refused(
            _("That subgroup is full. Choose another one, or let us place you."),
            field="subgroup",
            code="subgroup_full",
        )
    return Membership.objects.create(enrollment=enrollment, subgroup=subgroup)


def leave_subgroup(enrollment: Enrollment) -> None:
    """Give back the enrollment's seat in its subgroup, if it has one."""
    membership = Membership.objects.select_for_update().filter(enrollment=enrollment, until=None).first()
    if not membership:
        return
    membership.until = timezone.now()
    membership.save(update_fields=["until"])
    Subgroup.objects.filter(pk=membership.subgroup_id).update(taken=F("taken") - 1)


def locked(enrollment: Enrollment) -> Enrollment:
    """Return the enrollment's row, locked; its cohort with it, unlocked: who settles locks the cohort first."""
    return Enrollment.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=enrollment.pk)


@transaction.atomic
def release(enrollment: Enrollment, to: str, actor: User | None = None, *, because: str = "") -> bool:
    """End a seat: expired or cancelled. Frees cohort and subgroup once; False when the state no longer allows it."""
    row = locked(enrollment)
    if to not in row.MOVES.get(row.state, ()) or row.state not in Enrollment.SEATED:
        return False
    if row.state in (Enrollment.State.HELD, Enrollment.State.OFFERED):
        prices.give_back(row)
        coupons.give_back(row)
    if row.state in Enrollment.HOLDS or row.cohort.state == Cohort.State.CALLED_OFF:
        credit_uses.give_back(row)
    end(row, to, actor, because=because)
    _give_back(row.cohort)
    return True


def end(row: Enrollment, to: str, actor: User | None, *, because: str = "") -> None:
    """End a locked place with its turns to come and its subgroup; what becomes of its seat is the caller's to say."""
    history.move(row, to, actor, left_because=because)
    presentations.free(row, actor)
    leave_subgroup(row)


@transaction.atomic
def hold_until(enrollment: Enrollment, until: datetime.datetime) -> bool:
    """Hold a seat until another moment, for a slower or a quicker way to pay; False when it is not held any more."""
    row = locked(enrollment)
    if row.state != Enrollment.State.HELD:
        return False
    row.hold_until = until
    row.save(update_fields=["hold_until"])
    history.record(row, row.state, row.state, note=f"held until {until.isoformat(timespec='minutes')}")
    return True


@transaction.atomic
def expire(enrollment: Enrollment) -> bool:
    """End a hold that ran out, or whose cohort was called off; False when it was paid or lengthened meanwhile."""
    row = locked(enrollment)
    off = row.cohort.state == Cohort.State.CALLED_OFF
    if not row.hold_until or (row.hold_until > timezone.now() and not off):
        return False
    return lapse(row)


@transaction.atomic
def lapse(enrollment: Enrollment, actor: User | None = None) -> bool:
    """End a hold nobody paid for. The offer it came from stands again until its own end; who missed it is told."""
    row = locked(enrollment)
    running = row.cohort.state in Cohort.RUNNING
    if row.state == Enrollment.State.HELD and running and row.offered_until and row.offered_until > timezone.now():
        history.move(row, Enrollment.State.OFFERED, actor, hold_until=row.offered_until)
        return True
    if not release(row, Enrollment.State.EXPIRED, actor):
        return False
    if row.offered_until:
        (waiting_letters.offer_over if running else waiting_letters.line_over)(row)
    return True


@transaction.atomic
def settle(enrollment: Enrollment, actor: User | None = None) -> bool:
    """Give a paid (or free) seat for good; True when the person is in.

    A hold that ran out takes a free seat again, if there is one and the cohort has not been called off.
    """
    row = locked(enrollment)
    if row.state in Enrollment.BELONGS:
        return True
    if row.cohort.state == Cohort.State.CALLED_OFF:
        return False
    if Enrollment.State.ACTIVE not in row.MOVES.get(row.state, ()):
        return False
    try:
        with transaction.atomic():
            _activate(row, actor)
    except (Refused, IntegrityError):  # no seat is free; or the same person took another one a moment ago
        return False
    return True


def _activate(row: Enrollment, actor: User | None) -> None:
    if row.state == Enrollment.State.EXPIRED:
        _regain(row)
    history.move(row, Enrollment.State.ACTIVE, actor, joined_at=timezone.now(), hold_until=None)
    changed(row.cohort)


def _regain(row: Enrollment) -> None:
    """Take a seat again after the hold ran out, in the same subgroup if it still has one. Raises Refused."""
    if row.cohort.state not in Cohort.RUNNING:
        raise Refused(_("This cohort is not taking members now."), code="closed")
    last = row.memberships.order_by("-pk").select_related("subgroup").first()
    if last:
        with suppress(Refused), transaction.atomic():
            join_subgroup(row, last.subgroup)
    prices.take_again(row)
    scholarships.take_again(row)
    coupons.take_again(row)
    if not row.moved_from_id:  # what comes along from another seat is used when it arrives
        credit_uses.spend_again(row)
    take(row.cohort)

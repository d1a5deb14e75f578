"""Taking a seat while something else happens to it, on two connections: one comes first, and only it counts."""

import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, SeatGift, Study
from cohorts.services import cohorts, seats, waiting
from payments.flows import refunds as back
from payments.models import LedgerEntry, Payment, PaymentLine, Refund
from payments.services import disputes, elsewhere, giving, kindness, leaving, moving, refunds, releases
from payments.truth import MoneyBack
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.payments.buying import assert_seats_match
from tests.payments.disputing import FEE, claim
from tests.payments.giving import answer
from tests.payments.money_world import everything, paid_seat
from tests.people import enroll, make_cohort, make_person
from tests.racing import at_once, in_turn, tried

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def friend(db: None) -> User:
    return make_person("friend", "지우")


@pytest.fixture
def line(cohort: Cohort, stranger: User) -> PaymentLine:
    """A seat that was paid for, in the first group."""
    made: PaymentLine = paid_seat(stranger, cohort, cohort.subgroups.first())
    Payment.objects.filter(pk=made.payment_id).update(intent="pi_1", due_at=None)
    made.payment.refresh_from_db()
    return made


@pytest.fixture
def gift(line: PaymentLine, friend: User) -> SeatGift:
    seat = line.enrollment
    return giving.offer(seat.person, seat, name="지우", email=friend.email)


def settled(gift: SeatGift, friend: User) -> str:
    """Who has the seat in the end; whatever it is, it is one, and counted as one, with its money."""
    old = Enrollment.objects.get(pk=gift.enrollment_id)
    seated = Enrollment.objects.filter(cohort=old.cohort, state__in=Enrollment.SEATED)
    here = list(seated.filter(person__in=[old.person, friend]))
    assert len(here) <= 1
    assert_seats_match(old.cohort)
    group = old.memberships.get().subgroup
    assert group.taken == sum(seat.memberships.filter(until=None, subgroup=group).count() for seat in here)
    assert everything() == 0
    assert PaymentLine.objects.aggregate(sum=Sum("amount"))["sum"] == 150_000
    for seat in here:
        if seat.cohort_id == old.cohort_id:
            assert PaymentLine.objects.get().enrollment == seat
    if not here:
        return "nobody"
    return "friend" if here[0].person == friend else "giver"


Rival = Callable[[PaymentLine, SeatGift, User], Any]


def leave(line: PaymentLine, gift: SeatGift, host: User) -> Any:
    return leaving.leave(line.enrollment.person, line.enrollment, seen=150_000)


def end_with_money(line: PaymentLine, gift: SeatGift, host: User) -> Any:
    return kindness.give(host, line.enrollment, 150_000, reason="미안해요.", key="abcdefghjk", ends=True)


def take_back(line: PaymentLine, gift: SeatGift, host: User) -> Any:
    return giving.take_back(line.enrollment.person, line.enrollment)


def decline(line: PaymentLine, gift: SeatGift, host: User) -> Any:
    return giving.decline(gift)


def move(line: PaymentLine, gift: SeatGift, host: User) -> Any:
    seat = line.enrollment
    later = Cohort.objects.filter(starts_on__gt=seat.cohort.starts_on).get()
    moving.move(seat.person, seat, later, seen=moving.quote(seat, later).word)


@pytest.mark.parametrize("rival", [leave, end_with_money, take_back, decline, move], ids=lambda one: one.__name__)
@pytest.mark.parametrize("first", ["accept", "rival"])
def test_who_comes_first_has_it(
    rival: Rival, first: str, line: PaymentLine, gift: SeatGift, friend: User, host: User, study: Study
) -> None:
    day = timezone.now() + datetime.timedelta(days=90)
    make_cohort(study, starts_on=day.date(), closes_at=day)
    both = [lambda: giving.accept(friend, gift), lambda: rival(line, gift, host)]
    outcomes = in_turn(*(both if first == "accept" else reversed(both)))
    assert outcomes[0] == "done"
    assert outcomes[1] in ("refused", "not done")
    gift.refresh_from_db()
    if first == "accept":
        assert (settled(gift, friend), gift.state) == ("friend", "taken")
        assert not Refund.objects.exists()
    else:
        assert settled(gift, friend) == ("giver" if rival in (take_back, decline) else "nobody")
        assert gift.state != "taken"


@pytest.mark.parametrize("rival", [leave, end_with_money, take_back, decline], ids=lambda one: one.__name__)
def test_in_the_same_moment_one_of_them_has_it(
    rival: Rival, line: PaymentLine, gift: SeatGift, friend: User, host: User
) -> None:
    outcomes = at_once(lambda: giving.accept(friend, gift), lambda: rival(line, gift, host))
    assert outcomes.count("done") == 1
    assert settled(gift, friend) == ("friend" if outcomes[0] == "done" else settled(gift, friend))


def test_from_many_windows_it_is_taken_once(line: PaymentLine, gift: SeatGift, friend: User) -> None:
    def press() -> bool:
        return bool(answer(gift, friend).status_code == 302)

    outcomes = at_once(*[press] * 6)
    assert outcomes.count("done") == 1
    assert settled(gift, friend) == "friend"


@pytest.mark.parametrize("first", ["accept", "rival"])
def test_all_of_it_given_back_at_stripe_ends_the_seat_whoever_has_it(
    first: str, line: PaymentLine, gift: SeatGift, friend: User
) -> None:
    made = MoneyBack("re_1", "succeeded", 150_000, "KRW", "pi_1", "")
    both = [lambda: giving.accept(friend, gift), lambda: elsewhere.record(line.payment, made)]
    outcomes = in_turn(*(both if first == "accept" else reversed(both)))
    assert outcomes == (["done", "done"] if first == "accept" else ["done", "refused"])
    assert settled(gift, friend) == "nobody"
    refund = Refund.objects.get()
    assert (refund.amount, refund.line.refunded) == (150_000, 150_000)


@pytest.mark.parametrize("first", ["accept", "rival"])
def test_a_dispute_finds_the_money_whoever_has_the_seat(
    first: str, line: PaymentLine, gift: SeatGift, friend: User
) -> None:
    taken = claim(fee=FEE)
    both = [lambda: giving.accept(friend, gift), lambda: disputes.record(line.payment, taken, timezone.now())]
    outcomes = in_turn(*(both if first == "accept" else reversed(both)))
    assert outcomes == (["done", "done"] if first == "accept" else ["done", "refused"])
    assert settled(gift, friend) == ("friend" if first == "accept" else "giver")
    assert PaymentLine.objects.get().disputed == 150_000
    disputes.record(line.payment, claim(fee=FEE, status="lost"), timezone.now())
    assert settled(gift, friend) == "nobody"
    told = Letter.objects.get(key__startswith="dispute-seat-ended:")
    assert told.recipient == (friend if first == "accept" else line.payment.buyer)
    assert (line.payment.buyer.name in told.text) == (first == "accept")


@pytest.mark.parametrize("first", ["accept", "rival"])
def test_a_cohort_called_off_meanwhile_gives_the_money_to_who_paid(
    first: str, line: PaymentLine, gift: SeatGift, friend: User, host: User
) -> None:
    cohort = line.enrollment.cohort
    both = [lambda: giving.accept(friend, gift), lambda: cohorts.call_off(host, cohort)]
    outcomes = in_turn(*(both if first == "accept" else reversed(both)))
    assert outcomes == (["done", "done"] if first == "accept" else ["done", "refused"])
    back.pay_back(Cohort.objects.get(pk=cohort.pk))
    queue.drain("payments.drain_gifts")
    assert settled(gift, friend) == "nobody"
    refund = Refund.objects.get()
    assert (refund.amount, refund.line.payment.buyer) == (150_000, line.payment.buyer)
    assert SeatGift.objects.get().state == ("taken" if first == "accept" else "gone")


def test_a_refund_of_a_line_finds_it_with_its_new_owner(line: PaymentLine, gift: SeatGift, friend: User) -> None:
    """Who waits for a line joined to its seat would miss it: the seat has changed when they wake up."""
    outcomes = in_turn(lambda: giving.accept(friend, gift), lambda: refunds.owe(line, 1_000, "kindness:1"))
    assert outcomes == ["done", "done"]
    assert PaymentLine.objects.get().refunded == 1_000
    assert settled(gift, friend) == "friend"


def test_a_session_shared_meanwhile_shares_this_seat_too(
    line: PaymentLine, gift: SeatGift, friend: User, partner: User
) -> None:
    session = line.enrollment.cohort.sessions.filter(subgroup=None).first()
    assert in_turn(lambda: giving.accept(friend, gift), lambda: releases.release(session)) == ["done", "done"]
    shared = LedgerEntry.objects.filter(account__kind="payable", account__person=partner)
    assert -sum(shared.values_list("amount", flat=True)) == 7_500
    assert settled(gift, friend) == "friend"


def test_who_takes_a_seat_of_their_own_meanwhile_has_one(
    line: PaymentLine, gift: SeatGift, friend: User, cohort: Cohort
) -> None:
    outcomes = at_once(lambda: giving.accept(friend, gift), lambda: seats.hold(friend, cohort))
    assert outcomes.count("done") == 1
    held = Enrollment.objects.filter(person=friend, state="held").exists()
    assert held == (outcomes[1] == "done")
    assert_seats_match(cohort)


def test_who_stands_in_line_is_offered_a_seat_or_has_the_gift(study: Study, friend: User) -> None:
    full = make_cohort(study, capacity=2, amount=0)
    giver, other = enroll(make_person("giver", "주는 이"), full), enroll(make_person("other", "다른 이"), full)
    waiting.wait(friend, full)
    gift = giving.offer(giver.person, giver, name="지우", email=friend.email)
    seats.release(other, "cancelled")
    outcomes = at_once(lambda: giving.accept(friend, gift), lambda: waiting.offer(full))
    place = Enrollment.objects.get(person=friend, state__in=Enrollment.LIVE)
    assert place.state == ("active" if outcomes[0] == "done" else "offered")
    assert_seats_match(full)


def test_the_queue_and_a_late_yes(line: PaymentLine, gift: SeatGift, friend: User) -> None:
    SeatGift.objects.filter(pk=gift.pk).update(expires_at=timezone.now())
    outcomes = at_once(lambda: giving.accept(friend, gift), lambda: queue.drain("payments.drain_gifts") == 1)
    assert outcomes == ["refused", "done"]
    assert settled(gift, friend) == "giver"


def test_twenty_seats_go_over_at_once(study: Study) -> None:
    cohort = make_cohort(study, capacity=20, amount=0)
    places = [enroll(make_person(f"giver-{n}", f"주는 이 {n}"), cohort) for n in range(20)]
    friends = [make_person(f"friend-{n}", f"받는 이 {n}") for n in range(20)]
    gifts = [giving.offer(p.person, p, name="받는 이", email=f.email) for p, f in zip(places, friends, strict=True)]
    pairs = [(lambda f=f, g=g: giving.accept(f, g)) for f, g in zip(friends, gifts, strict=True)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda work: tried(work)(), [*pairs, *pairs]))
    assert outcomes.count("done") == 20
    assert Enrollment.objects.filter(cohort=cohort, state="active", person__in=friends).count() == 20
    assert_seats_match(cohort)

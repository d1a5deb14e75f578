"""Who waits for whom: the orders in which rows are locked, tried with a second hand on the lock."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Price
from cohorts.services import cohorts, refund_policies, seats
from payments.models import LedgerAccount, Payment
from payments.services import disputes, joining, ledger, payments, refunds, releases, sales
from payments.truth import Charge, Claim, MoneyBack, Moved, Page
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.payments.money_world import paid_members
from tests.people import make_cohort, make_person, make_study
from tests.racing import in_turn, locked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def buyer(db: None) -> User:
    return make_person("buyer", "사는이")


@pytest.fixture
def cohort(db: None) -> Cohort:
    return make_cohort(make_study(make_person("host", "정은혜")), amount=75_001)


@contextmanager
def impatient() -> Iterator[None]:
    """Whoever has to wait for a lock fails instead."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
        yield
        cursor.execute("RESET lock_timeout")


def in_a_thread(work: Callable[[], Any]) -> Callable[[], Any]:
    def run() -> Any:
        try:
            return work()
        finally:
            connection.close()

    return run


def test_freeing_a_seat_does_not_wait_for_who_settles_in_the_same_cohort(cohort: Cohort, buyer: User) -> None:
    """Who settles holds the cohort and asks for the enrollment; who frees it must not ask the other way round."""
    enrollment = seats.hold(buyer, cohort)
    with locked("SELECT 1 FROM cohorts_cohort FOR NO KEY UPDATE"), impatient():
        seats.release(enrollment, Enrollment.State.EXPIRED)
    assert Enrollment.objects.get().state == "expired"


def test_holding_a_seat_does_not_wait_for_who_settles(cohort: Cohort, buyer: User) -> None:
    with locked("SELECT 1 FROM cohorts_cohort FOR NO KEY UPDATE"), impatient():
        assert seats.hold(buyer, cohort).state == "held"


def test_recording_a_refund_does_not_wait_for_who_owes_another_on_the_same_line(cohort: Cohort) -> None:
    refund = refunds.owe(paid_members(cohort, 1)[0], 1_000, "one")
    back = MoneyBack("re_1", "succeeded", 1_000, "KRW", "pi_1", str(refund.pk))
    with locked("SELECT 1 FROM payments_paymentline FOR NO KEY UPDATE"), impatient():
        assert refunds.record(refund, back).state == "succeeded"


def overlapping(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Run `second` after `first` has written everything and before it commits."""
    written, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            first()
            written.set()
            go_on.wait(2)

    with ThreadPoolExecutor(2) as threads:
        begun = threads.submit(in_a_thread(slowly))
        written.wait(10)
        beside = threads.submit(in_a_thread(second))
        begun.result(30)
        beside.result(30)


def paid_page(payment: Payment) -> Page:
    """What Stripe would say once the payment is paid."""
    return Page("cs_1", "complete", "paid", payment.amount, "KRW", "", timezone.now(), payment.public_id, intent="pi_1")


def test_two_who_settle_the_same_payment_move_it_once(cohort: Cohort, buyer: User) -> None:
    """I-01, I-02: return page and webhook at the same moment."""
    payment = joining.open_for(buyer, cohort)
    page = paid_page(payment)
    overlapping(lambda: payments.settle(payment, page), lambda: payments.settle(payment, page))
    assert Change.objects.filter(subject_type="payments.payment", to_state="paid").count() == 1
    assert Letter.objects.count() == 1


def escrow(cohort: Cohort) -> int:
    return -ledger.balance(ledger.account(LedgerAccount.Kind.ESCROW, "KRW", cohort=cohort))


def near_the_end(cohort: Cohort) -> list[Any]:
    """Two sessions are left."""
    sessions = list(cohort.sessions.order_by("number"))
    for session in sessions[:2]:
        releases.release(session)
    return sessions[2:]


def test_two_sessions_shared_at_once_do_not_share_the_same_money(cohort: Cohort) -> None:
    paid_members(cohort, 1)
    third, fourth = near_the_end(cohort)
    overlapping(lambda: releases.release(third), lambda: releases.release(fourth))
    assert escrow(cohort) == 0


def test_a_seat_paid_beside_the_last_release_is_shared_by_it(cohort: Cohort, buyer: User) -> None:
    third, fourth = near_the_end(cohort)
    releases.release(third)
    payment = joining.open_for(buyer, cohort)
    page = paid_page(payment)
    overlapping(lambda: payments.settle(payment, page), lambda: releases.release(fourth))
    assert Enrollment.objects.get().state == "active"
    assert escrow(cohort) == 0


def test_a_refund_beside_a_release_does_not_take_the_same_money(cohort: Cohort) -> None:
    line = paid_members(cohort, 1)[0]
    third, fourth = near_the_end(cohort)
    releases.release(third)
    overlapping(lambda: refunds.owe(line, 75_001, "left"), lambda: releases.release(fourth))
    assert escrow(cohort) == 0


def test_a_late_fee_beside_a_release_does_not_take_the_same_money(cohort: Cohort) -> None:
    line = paid_members(cohort, 1)[0]
    third, fourth = near_the_end(cohort)
    releases.release(third)
    charge = Charge("ch_1", "visa 4242", 2_000, "KRW")
    overlapping(lambda: releases.release(fourth), lambda: sales.book_fee(line.payment, charge))
    assert escrow(cohort) == 0


@pytest.mark.parametrize("won_first", [True, False])
def test_what_a_bank_gives_back_beside_the_last_release_is_shared(cohort: Cohort, won_first: bool) -> None:
    line = paid_members(cohort, 1)[0]
    third, fourth = near_the_end(cohort)
    releases.release(third)
    now, taken, given = timezone.now(), Moved("txn_1", -75_001, 0, "KRW"), Moved("txn_2", 75_001, 0, "KRW")

    def told(status: str, *moved: Moved) -> None:
        claim = Claim("dp_1", "pi_1", 75_001, "KRW", "fraudulent", status, now, now, moved)
        disputes.record(line.payment, claim, timezone.now())

    told("needs_response", taken)
    works = [lambda: told("won", taken, given), lambda: releases.release(fourth)]
    done = in_turn(*(works if won_first else works[::-1]), table="payments_paymentline")
    assert done == ["done", "done"]  # each locks the cohort before the lines, so neither waits for the other for ever
    line.refresh_from_db()
    assert (line.disputed, escrow(cohort)) == (0, 0)


def test_a_cohort_called_off_while_somebody_takes_a_seat(cohort: Cohort, buyer: User) -> None:
    """The seat is refused, or it is there to be freed: nobody holds a seat the calling-off did not see."""
    host = cohort.study.payee

    def take() -> None:
        with pytest.raises(seats.Refused):
            seats.hold(buyer, cohort)

    overlapping(lambda: cohorts.call_off(host, cohort), take)
    assert not Enrollment.objects.exists()


def test_a_lower_capacity_beside_a_hold_never_leaves_more_taken_than_there_are(cohort: Cohort, buyer: User) -> None:
    for n in range(2):
        seats.hold(make_person(f"other-{n}", f"다른 {n}"), cohort)

    def lower() -> None:
        with pytest.raises(seats.Refused), transaction.atomic():
            cohorts._resize(cohort, 2)

    overlapping(lambda: seats.hold(buyer, cohort), lower)
    cohort.seats.refresh_from_db()
    assert (cohort.seats.taken, cohort.seats.capacity) == (3, 6)


def test_two_buyers_exchange_their_subgroups_without_a_deadlock(cohort: Cohort) -> None:
    """Each leaves the group the other one enters: both lock the two groups in one order."""
    people = [make_person("one", "하나"), make_person("two", "둘")]
    groups = list(cohort.subgroups.all())
    for person, group in zip(people, groups, strict=True):
        seats.hold(person, cohort, subgroup=group)
    barrier = threading.Barrier(2)

    def exchange(mine: int) -> None:
        for turn in range(25):
            barrier.wait(10)
            seats.hold(people[mine], cohort, subgroup=groups[(mine + turn + 1) % 2])

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(in_a_thread(lambda n=n: exchange(n))) for n in (0, 1)]:
            done.result(60)
    assert sorted(cohort.subgroups.values_list("taken", flat=True)) == [1, 1]


def test_a_price_and_a_refund_rule_changed_together_are_frozen_together(cohort: Cohort, buyer: User) -> None:
    def change() -> None:
        cohorts.locked(cohort)
        Price.objects.filter(cohort=cohort).update(amount=90_000)
        Cohort.objects.filter(pk=cohort.pk).update(policy=refund_policies.preset("try_first"))

    overlapping(change, lambda: seats.hold(buyer, cohort))
    enrollment = Enrollment.objects.get()
    assert (enrollment.price, enrollment.policy.preset) == (90_000, "try_first")


def test_a_free_seat_is_not_given_in_a_cohort_called_off_meanwhile(cohort: Cohort, buyer: User) -> None:
    Price.objects.filter(cohort=cohort).update(amount=0)

    def join() -> None:
        with pytest.raises(seats.Refused):
            joining.open_for(buyer, cohort)

    overlapping(lambda: cohorts.call_off(cohort.study.payee, cohort), join)
    assert not Enrollment.objects.exists()

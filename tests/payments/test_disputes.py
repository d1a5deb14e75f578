"""Disputes (I-05, I-17): whatever Stripe tells, how often and in which order; nobody gets the same money twice."""

from typing import Any

import pytest
from django.test import Client

from cohorts.models import Cohort, Seats
from cohorts.services import cohorts
from payments.models import Dispute, Payment, Refund
from payments.services import kindness, leaving, refunds, releases, seat_money
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.payments.buying import LocalStripe, assert_books_match, balance, deliver, drain, hurry
from tests.payments.disputing import FEE, NET, PRICE, disputed, hear, letters, line_of, then
from tests.payments.money_world import owed
from tests.payments.test_refunds import at_stripe, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User) -> Payment:
    return pay(stripe, cohort, buyer)


def test_what_the_bank_takes_no_session_shares(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User, admin: User
) -> None:
    dispute = disputed(stripe, paid)
    assert (dispute.state, dispute.amount, dispute.reason) == ("open", PRICE, "product_not_received")
    assert line_of(paid).disputed == PRICE
    assert balance("escrow") == 0
    assert owed(host) == -(PRICE - NET) - FEE
    for session in cohort.sessions.order_by("number")[:2]:
        releases.release(session)
    assert owed(host) == -(PRICE - NET) - FEE
    assert line_of(paid).enrollment.state == "active"  # nobody is thrown out before the bank decides
    assert letters("dispute-opened:") == sorted([host.handle, admin.handle])
    assert letters("dispute-heard:") == [paid.buyer.handle]
    assert_books_match(stripe, cohort, before)


def test_each_reads_the_banks_reason_in_their_own_language(
    stripe: LocalStripe, paid: Payment, host: User, admin: User
) -> None:
    for person, language in ((host, "en"), (admin, "ko")):
        User.objects.filter(pk=person.pk).update(language=language)
    disputed(stripe, paid)
    told = {one.recipient: one.text for one in Letter.objects.filter(key__startswith="dispute-opened:")}
    assert "says nothing was received" in told[host]
    assert "받은 것이 없다고" in told[admin]


def test_won_the_money_is_back_where_it_was(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User
) -> None:
    dispute = disputed(stripe, paid, "answer")
    assert dispute.state == "review"
    dispute = then(stripe, dispute, "win")
    assert dispute.state == "won"
    assert dispute.closed_at
    assert (line_of(paid).disputed, balance("escrow"), owed(host)) == (0, -NET, -FEE)
    assert len(letters("dispute-won:")) == 2
    assert_books_match(stripe, cohort, before)


def test_lost_the_seat_ends_and_the_host_bears_it(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User
) -> None:
    dispute = disputed(stripe, paid, "lose")
    assert dispute.state == "lost"
    assert line_of(paid).enrollment.state == "cancelled"
    assert Seats.objects.get(cohort=cohort).taken == 0
    assert owed(host) == -(PRICE - NET) - FEE
    assert letters("dispute-seat-ended:") == [paid.buyer.handle]
    hear(stripe, dispute.reference)
    assert Letter.objects.filter(key__startswith="dispute-lost:").count() == 2
    assert_books_match(stripe, cohort, before)


def test_of_a_part_lost_the_seat_stays(stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort) -> None:
    disputed(stripe, paid, "lose", amount=50_000)
    assert line_of(paid).enrollment.state == "active"
    assert balance("escrow") == -(NET - 50_000)
    assert_books_match(stripe, cohort, before)


def test_what_was_shared_before_is_the_hosts_to_bear(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User
) -> None:
    first, *_rest = cohort.sessions.order_by("number")
    releases.release(first)
    earned = owed(host)
    waiting = -balance("escrow")
    dispute = disputed(stripe, paid)
    assert balance("escrow") == 0
    assert owed(host) == earned - (PRICE - waiting) - FEE
    then(stripe, dispute, "win")
    assert (-balance("escrow"), owed(host)) == (waiting, earned - FEE)
    assert_books_match(stripe, cohort, before)


def test_won_after_the_last_session_it_is_shared_at_once(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User
) -> None:
    dispute = disputed(stripe, paid)
    for session in cohort.sessions.order_by("number"):
        releases.release(session)
    then(stripe, dispute, "win")
    assert balance("escrow") == 0
    assert balance("platform") == -(NET // 10)
    assert owed(host) == NET - NET // 10 - FEE
    assert_books_match(stripe, cohort, before)


def test_an_inquiry_moves_nothing_and_may_be_dropped_or_escalated(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, study: Any
) -> None:
    asked = disputed(stripe, paid, inquiry=True)
    assert (asked.state, line_of(paid).disputed, balance("escrow")) == ("inquiry", 0, -NET)
    assert len(letters("dispute-asked:")) == 2
    assert then(stripe, asked, "win").state == "dropped"
    assert then(stripe, asked, "escalate").state == "open"
    assert line_of(paid).disputed == PRICE
    assert_books_match(stripe, cohort, before)


def test_a_refund_not_sent_yet_waits_for_the_bank(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User
) -> None:
    refund = refunds.owe(line_of(paid), 75_000, "left")
    dispute = disputed(stripe, paid)
    refund.refresh_from_db()
    line = line_of(paid)
    assert (refund.state, line.refunded, line.disputed) == ("held", 0, PRICE)
    assert at_stripe(stripe, paid) == []
    then(stripe, dispute, "win")
    refund.refresh_from_db()
    assert (refund.state, line_of(paid).refunded) == ("succeeded", 75_000)
    assert at_stripe(stripe, paid) == [75_000]
    assert balance("paying") == 0
    assert_books_match(stripe, cohort, before)


def test_a_refund_the_bank_has_given_is_not_given_again(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User
) -> None:
    refund = refunds.owe(line_of(paid), 75_000, "left")
    disputed(stripe, paid, "lose")
    refund.refresh_from_db()
    assert (refund.state, line_of(paid).refunded, balance("paying")) == ("void", 0, 0)
    assert at_stripe(stripe, paid) == []
    assert owed(host) == -(PRICE - NET) - FEE
    assert_books_match(stripe, cohort, before)


def test_of_a_refund_the_bank_gave_a_part_the_rest_is_made_by_hand(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort
) -> None:
    refund = refunds.owe(line_of(paid), 75_000, "left")
    disputed(stripe, paid, "lose", amount=50_000)
    refund.refresh_from_db()
    assert (refund.state, refund.amount, balance("paying")) == ("manual", 25_000, -25_000)
    later = refunds.owe(line_of(paid), 10_000, "host:one")
    assert (later.state, later.amount) == ("manual", 10_000)
    with pytest.raises(Refused):
        refunds.owe(line_of(paid), 65_001, "host:two")
    assert_books_match(stripe, cohort, before)


def test_one_that_failed_waits_too(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User
) -> None:
    payment = pay(stripe, cohort, buyer, "4000000000005126")
    failed = refunds.owe(line_of(payment), 60_000, "left")
    drain()
    stripe.settle()
    for event in stripe.events_about(payment.intent):
        deliver(event)
    hurry()
    drain()
    failed.refresh_from_db()
    assert failed.state == "failed"
    dispute = disputed(stripe, payment)
    again = Refund.objects.get(cause=f"retry:{failed.pk}")
    assert (again.state, line_of(payment).refunded, balance("paying")) == ("held", 0, 0)
    then(stripe, dispute, "lose")
    again.refresh_from_db()
    assert (again.state, balance("paying")) == ("void", 0)
    assert not refunds.not_sent_again().exists()
    assert_books_match(stripe, cohort, before)


def fails_while_the_bank_decides(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, taken: int, *owed: int
) -> tuple[Payment, Dispute]:
    """What is on its way to the buyer does not arrive; the bank has taken some of the payment meanwhile."""
    payment = pay(stripe, cohort, buyer, "4000000000005126")
    for number, amount in enumerate(owed):
        refunds.owe(line_of(payment), amount, f"host:{number}")
    drain()
    dispute = disputed(stripe, payment, amount=taken)
    stripe.settle()
    for event in stripe.events_about(payment.intent):
        deliver(event)
    hurry()
    drain()
    hear(stripe, dispute.reference)
    assert set(Refund.objects.filter(cause__startswith="retry:").values_list("state", flat=True)) == {"held"}
    return payment, dispute


@pytest.mark.parametrize(("taken", "rest"), [(90_000, 60_000), (110_000, 40_000), (150_000, 0)])
def test_one_that_fails_while_the_bank_decides_is_owed_beside_what_the_bank_gave(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User, taken: int, rest: int
) -> None:
    """It was on its way when the bank took the money: the buyer gets both, and never more than they paid."""
    payment, dispute = fails_while_the_bank_decides(stripe, cohort, buyer, taken, 60_000)
    then(stripe, dispute, "lose")
    again = Refund.objects.get(cause__startswith="retry:")
    assert again.state == ("manual" if rest else "void")
    assert rest in (0, again.amount)
    assert (line_of(payment).refunded, balance("paying")) == (rest, -rest)
    assert letters("refund-manual:") == ([admin.handle] if rest else [])
    assert_books_match(stripe, cohort, before)


def test_two_that_fail_meanwhile_are_no_more_than_the_bank_left(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User
) -> None:
    payment, dispute = fails_while_the_bank_decides(stripe, cohort, buyer, 90_000, 50_000, 40_000)
    then(stripe, dispute, "lose")
    again = Refund.objects.filter(cause__startswith="retry:").order_by("pk")
    assert [(row.state, row.amount) for row in again] == [("manual", 50_000), ("manual", 10_000)]
    assert (line_of(payment).refunded, line_of(payment).disputed) == (60_000, 90_000)
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize(("end", "sent"), [("win", ("succeeded", 40_000)), ("lose", ("void", 40_000))])
def test_what_is_owed_after_it_is_what_the_bank_gave(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User, end: str, sent: tuple[str, int]
) -> None:
    """What the bank gave stands against what was owed while it held it, not against what it crossed on the way."""
    payment, dispute = fails_while_the_bank_decides(stripe, cohort, buyer, 50_000, 60_000)
    gift = refunds.owe(line_of(payment), 40_000, "host:one")
    then(stripe, dispute, end)
    gift.refresh_from_db()
    assert (gift.state, gift.amount) == sent
    assert Refund.objects.get(cause__startswith="retry:").amount == 60_000
    assert_books_match(stripe, cohort, before)


def test_stripe_knows_of_it_before_we_do(stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort) -> None:
    """The refund is on its way out when the bank takes the money: Stripe's no is certain, and says where to look."""
    stripe.dispute(paid.intent)
    refund = refunds.owe(line_of(paid), PRICE, "left")
    hurry()
    drain("drain_refunds")
    refund.refresh_from_db()
    assert Dispute.objects.get().state == "open"
    assert (refund.state, at_stripe(stripe, paid)) == ("held", [])
    assert_books_match(stripe, cohort, before)


def test_given_back_before_and_disputed_all_the_same(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User
) -> None:
    """The buyer has it twice until the bank sees the refund: both are facts, and the host bears them."""
    refunds.owe(line_of(paid), PRICE, "left")
    drain()
    disputed(stripe, paid, "lose", amount=PRICE)
    line = line_of(paid)
    assert (line.refunded, line.disputed) == (PRICE, PRICE)
    assert owed(host) == -(2 * PRICE - NET) - FEE
    assert_books_match(stripe, cohort, before)


def test_a_refund_nobody_knew_the_end_of_when_the_bank_decided(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort
) -> None:
    """Its answer was lost; the bank took all of it and gave it to the buyer before we asked again."""
    refunds.owe(line_of(paid), 30_000, "left")
    stripe.fault("POST /v1/refunds", "timeout_before", times=4)
    drain("drain_refunds")
    assert Refund.objects.get().state == "unknown"
    dispute = disputed(stripe, paid, "lose", amount=10_000)
    for _ in range(3):
        hear(stripe, dispute.reference)
    row = Refund.objects.get(state="manual")
    assert (row.amount, line_of(paid).refunded, line_of(paid).disputed) == (20_000, 20_000, 10_000)
    hear(stripe, dispute.reference)  # said again, it is not lessened again
    assert Refund.objects.get(state="manual").amount == 20_000
    assert_books_match(stripe, cohort, before)


def test_leaving_while_the_bank_decides_waits_for_it(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort
) -> None:
    dispute = disputed(stripe, paid)
    place = line_of(paid).enrollment
    amount = leaving.quote(place).amount
    assert amount == PRICE  # before the first session the rule gives all of it back
    leaving.leave(paid.buyer, place, seen=amount)
    refund = Refund.objects.get()
    assert (refund.state, refund.amount) == ("held", PRICE)
    then(stripe, dispute, "win")
    refund.refresh_from_db()
    assert refund.state == "succeeded"
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize(("end", "sent"), [("win", [("succeeded", 50_000)]), ("lose", [("void", 75_000)])])
def test_what_waited_is_no_more_than_was_paid(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, end: str, sent: list[tuple[str, int]]
) -> None:
    """Most of it went back in Stripe's own pages, of which we hear when ours waits for the bank already."""
    refunds.owe(line_of(paid), 75_000, "left")
    stripe.api.v1.refunds.create(params={"payment_intent": paid.intent, "amount": 100_000})
    dispute = disputed(stripe, paid, amount=50_000)
    for event in stripe.events_about(paid.intent):
        deliver(event)
    hurry()
    drain()
    assert Refund.objects.get(cause="left").state == "held"
    then(stripe, dispute, end)
    assert list(Refund.objects.filter(cause="left").values_list("state", "amount")) == sent
    assert sum(at_stripe(stripe, paid)) == line_of(paid).refunded == (PRICE if end == "win" else 100_000)
    assert_books_match(stripe, cohort, before)


def test_a_gift_waits_until_the_bank_has_decided(stripe: LocalStripe, paid: Payment, host: User) -> None:
    dispute = disputed(stripe, paid)
    place = line_of(paid).enrollment
    with pytest.raises(Refused):
        kindness.give(host, place, 10_000, reason="", key="one")
    assert seat_money.room(place) == 0
    then(stripe, dispute, "win")
    kindness.give(host, place, 10_000, reason="", key="one")
    assert Refund.objects.get().state == "owed"


@pytest.mark.parametrize(("end", "state"), [("win", "succeeded"), ("lose", "void")])
def test_called_off_while_the_bank_decides(
    stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, end: str, state: str
) -> None:
    dispute = disputed(stripe, paid)
    cohorts.call_off(cohort.study.payee, cohort)
    drain()
    assert Refund.objects.get().state == "held"
    then(stripe, dispute, end)
    assert Refund.objects.get().state == state
    assert at_stripe(stripe, paid) == ([PRICE] if end == "win" else [])
    assert balance("escrow") == balance("paying") == 0
    assert_books_match(stripe, cohort, before)


def test_a_decision_taken_back(stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort, host: User) -> None:
    """An appeal: lost, then won. The seat is gone, the money is back, and who acts is told once more."""
    dispute = disputed(stripe, paid, "lose")
    then(stripe, dispute, "win")
    assert dispute.state == "won"
    assert line_of(paid).enrollment.state == "cancelled"
    assert len(letters("dispute-won:")) == 2
    assert_books_match(stripe, cohort, before)


def test_two_disputes_of_one_payment(stripe: LocalStripe, before: int, paid: Payment, cohort: Cohort) -> None:
    """What waits is decided when the last bank has decided."""
    one, two = (disputed(stripe, paid, amount=amount) for amount in (50_000, 40_000))
    refund = refunds.owe(line_of(paid), PRICE, "left")
    then(stripe, one, "lose")
    refund.refresh_from_db()
    assert refund.state == "held"
    then(stripe, two, "win")
    refund.refresh_from_db()
    assert (refund.state, refund.amount, line_of(paid).disputed) == ("manual", 100_000, 50_000)
    assert_books_match(stripe, cohort, before)

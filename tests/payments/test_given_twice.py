"""Money given back in Stripe's own pages that had left our bank by hand: never owed again, never lost from sight."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from payments import gateway
from payments.flows import refunds as flow
from payments.models import Difference, Payment, PaymentLine, Refund, StripeEvent
from payments.services import refunds
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.admin.desk import press, staff
from tests.payments.buying import LocalStripe, assert_books_match, balance, deliver, drain, hurry
from tests.payments.nights import a_night
from tests.payments.test_refunds import at_stripe, by_hand, comes_back, pay
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db
RIGHTS = ("payments.view_refund", "payments.handle_refunds", "payments.view_difference", "payments.handle_differences")
BAD = "4000000000005126"  # its refunds come back


@pytest.fixture
def clerk(db: None) -> User:
    return staff("clerk", *RIGHTS, language="en")


@pytest.fixture
def desk(clerk: User) -> Client:
    return sign_in(clerk)


def from_bank(desk: Client, payment: Payment, amount: int, cause: str = "host:one") -> Refund:
    """Owe a part of a payment, and send it from the bank as the desk does."""
    row = refunds.owe(payment.lines.get(), amount, cause)
    press(desk, "payments.refund", "by_hand", row, apply="1")
    told = {"on": timezone.localdate().isoformat(), "reference": f"TR-{row.pk}"}
    press(desk, "payments.refund", "sent_by_hand", row, apply="1", **told)
    row.refresh_from_db()
    assert row.state == "succeeded"
    return row


def test_what_left_our_bank_and_goes_back_at_stripe_too_is_carried_told_and_seen(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, desk: Client, clerk: User
) -> None:
    payment = pay(stripe, cohort, buyer)
    from_bank(desk, payment, 60_000)
    by_hand(stripe, payment, 150_000)
    assert not StripeEvent.objects.filter(done_at=None).exists()
    assert Refund.objects.get(amount=150_000).state == "succeeded"
    assert PaymentLine.objects.get().refunded == 150_000
    assert (balance("platform"), balance("paying"), balance("bank")) == (60_000, 0, -60_000)
    assert Enrollment.objects.get().state == "cancelled"
    found = Difference.objects.get()
    assert (found.kind, found.state, found.ours, found.theirs) == ("refund_twice", "open", 150_000, 210_000)
    letter = Letter.objects.get(recipient=clerk, key__startswith="refund-twice:")
    assert letter.subject == "₩60,000 went back to Daniel Cho twice"
    assert reverse("admin:payments_difference_changelist") in letter.text
    assert_books_match(stripe, cohort, before)


def test_less_than_what_is_left_is_no_second_time(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, desk: Client
) -> None:
    payment = pay(stripe, cohort, buyer)
    from_bank(desk, payment, 60_000)
    by_hand(stripe, payment, 90_000)
    assert not Difference.objects.exists()
    assert (balance("platform"), balance("paying")) == (0, 0)
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize("twice", [False, True], ids=["owed", "left-our-bank"])
def test_what_came_back_to_somebody_else_is_still_owed_to_them(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, desk: Client, *, twice: bool
) -> None:
    theirs = pay(stripe, cohort, sign_in(make_person("other", "다른이")), BAD)
    refunds.owe(theirs.lines.get(), 150_000, "left")
    drain("drain_refunds")
    comes_back(stripe, theirs)
    payment = pay(stripe, cohort, buyer)
    if twice:
        from_bank(desk, payment, 150_000)
    else:
        refunds.owe(payment.lines.get(), 150_000, "left")
    by_hand(stripe, payment, 100_000)
    assert refunds.not_sent_again().get().line.payment == theirs
    assert balance("platform") == (100_000 if twice else 0)
    assert_books_match(stripe, cohort, before)


def test_a_night_finds_it_until_somebody_says_what_became_of_it(
    own_stripe: LocalStripe, old_enough: None, cohort: Cohort, buyer: Client, desk: Client
) -> None:
    payment = pay(own_stripe, cohort, buyer)
    from_bank(desk, payment, 150_000)
    by_hand(own_stripe, payment, 50_000)
    a_night()
    open_ones = Difference.objects.filter(state="open", kind="refund_twice")
    assert open_ones.count() == 1
    press(desk, "payments.difference", "explain", open_ones.get(), apply="1", note="They paid it back on Monday.")
    a_night()
    assert not open_ones.exists()


def test_one_of_ours_that_comes_back_is_not_sent_a_third_time(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, desk: Client
) -> None:
    """100,000 at Stripe, 50,000 from the bank; the first comes back, which nobody hears; 50,000 more at Stripe."""
    payment = pay(stripe, cohort, buyer, BAD)
    first = refunds.owe(payment.lines.get(), 100_000, "host:one")
    drain("drain_refunds")
    from_bank(desk, payment, 50_000, "host:two")
    stripe.settle()
    given = stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": 50_000})
    flow.accept(gateway.get_refund(given.id))
    assert balance("platform") == 50_000
    flow.accept(gateway.get_refund(Refund.objects.get(pk=first.pk).reference))
    first.refresh_from_db()
    assert (first.state, first.amount, balance("platform")) == ("failed", 50_000, 0)
    assert balance("paying") == -50_000
    assert_books_match(stripe, cohort, before)


def test_the_second_one_that_comes_back_is_owed_to_nobody(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, desk: Client
) -> None:
    payment = pay(stripe, cohort, buyer, BAD)
    from_bank(desk, payment, 150_000)
    by_hand(stripe, payment, 150_000)
    assert balance("platform") == 150_000
    stripe.settle()
    hurry()
    drain()
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["succeeded", "void"]
    assert (balance("platform"), balance("paying")) == (0, 0)
    assert at_stripe(stripe, payment) == [150_000]  # which failed
    assert_books_match(stripe, cohort, before)


def test_more_than_left_our_bank_waits_until_stripe_tells_why(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, desk: Client
) -> None:
    """One of ours has come back, which nobody heard: given again in Stripe's pages, it is no second time."""
    payment = pay(stripe, cohort, buyer, BAD)
    refunds.owe(payment.lines.get(), 150_000, "left")
    drain("drain_refunds")
    stripe.settle()
    given = stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": 150_000})
    with pytest.raises(Refused):
        flow.accept(gateway.get_refund(given.id))
    for event in stripe.events_about(payment.intent):
        deliver(event)
    for _ in range(2):
        hurry()
        drain()
    assert not Difference.objects.exists()
    assert sorted(Refund.objects.values_list("state", flat=True)) == ["failed", "succeeded"]
    assert balance("platform") == 0
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_while_nobody_knows_whether_one_of_ours_arrived_nothing_is_said_to_be_given_twice(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, desk: Client, fault: str
) -> None:
    payment = pay(stripe, cohort, buyer)
    from_bank(desk, payment, 60_000)
    refunds.owe(payment.lines.get(), 90_000, "left")
    stripe.fault("POST /v1/refunds", fault, times=3)
    drain("drain_refunds")
    stripe.clear()
    given = stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": 60_000})
    with pytest.raises(Refused):
        flow.accept(gateway.get_refund(given.id))
    assert (Difference.objects.count(), balance("platform")) == (0, 0)
    hurry()
    drain("drain_refunds")
    assert flow.accept(gateway.get_refund(given.id))
    assert (Difference.objects.get().kind, balance("platform")) == ("refund_twice", 60_000)
    assert sorted(at_stripe(stripe, payment)) == [60_000, 90_000]
    assert_books_match(stripe, cohort, before)

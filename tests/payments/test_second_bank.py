"""A payment a bank has taken a part of for good, disputed once more: what the first bank gave is counted once."""

import dataclasses

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Study
from cohorts.services import seats
from payments import claims
from payments.flows import checkout
from payments.models import Dispute, Payment
from payments.services import disputes
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.payments.buying import LocalStripe, assert_books_match, begin
from tests.payments.disputing import PRICE, disputed, line_of, then
from tests.payments.test_kindness import ASKED
from tests.payments.test_leaving_disputed import leave, sent, text
from tests.payments.test_refunds import pay
from tests.people import enroll, make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db

FIRST, SECOND = 50_000, 40_000


@pytest.fixture
def taken(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, admin: User) -> Payment:
    """Paid, and a part of it lost to the bank."""
    payment = pay(stripe, cohort, buyer)
    disputed(stripe, payment, "lose", amount=FIRST)
    return payment


@pytest.fixture
def second(stripe: LocalStripe, taken: Payment) -> Dispute:
    return disputed(stripe, taken, amount=SECOND)


@pytest.fixture
def owner(host: User) -> Client:
    User.objects.filter(pk=host.pk).update(language="en")
    return sign_in(host)


ENDS = [("win", PRICE - FIRST), ("lose", PRICE - FIRST - SECOND)]


@pytest.mark.parametrize(("end", "rest"), ENDS)
def test_who_leaves_while_the_second_decides_is_shown_what_the_first_left(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, second: Dispute, end: str, rest: int
) -> None:
    page = text(leave(buyer, cohort))
    assert f"₩{PRICE - FIRST:,} waits for that" in page
    assert f"we send you the ₩{PRICE - FIRST - SECOND:,} that is missing" in page
    then(stripe, second, end)
    assert [amount for _state, amount in sent(second.payment)] == [rest]
    assert_books_match(stripe, cohort, before)


@pytest.mark.parametrize(("end", "rest"), ENDS)
def test_who_left_between_the_two_has_all_of_it_in_the_end(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client, taken: Payment, end: str, rest: int
) -> None:
    leave(buyer, cohort)
    assert sent(taken) == [("manual", PRICE - FIRST)]
    then(stripe, disputed(stripe, taken, amount=SECOND), end)
    assert sent(taken) == [("manual", rest)]
    line = line_of(taken)
    assert line.refunded + line.disputed == PRICE
    assert_books_match(stripe, cohort, before)


def test_a_member_sees_apart_what_a_bank_gave_and_what_one_holds(buyer: Client, second: Dispute) -> None:
    page = text(buyer.get(reverse("payments")))
    assert f"₩{FIRST:,} by your bank" in page
    assert f"₩{SECOND:,} held by your bank until it decides" in page


@pytest.mark.parametrize("status", ["appeal_needs_response", "appeal_under_review"])
def test_an_appeal_that_is_lost_too_takes_nothing_once_more(
    before: int, stripe: LocalStripe, cohort: Cohort, buyer: Client, taken: Payment, status: str
) -> None:
    leave(buyer, cohort)
    lost = claims.get_claim(taken.disputes.get().reference)
    appeal = disputes.record(taken, dataclasses.replace(lost, status=status), timezone.now())
    assert (appeal.state in Dispute.PENDING, sent(taken)) == (True, [("held", PRICE - FIRST)])
    disputes.record(taken, lost, timezone.now())
    assert sent(taken) == [("manual", PRICE - FIRST)]
    assert_books_match(stripe, cohort, before)


def test_once_a_bank_has_taken_of_it_everybody_reads_that_it_comes_by_hand(
    cohort: Cohort, buyer: Client, taken: Payment, owner: Client
) -> None:
    place = line_of(taken).enrollment
    asked = {**ASKED, "amount": "30000", "key": "abcdefghjk"}
    address = reverse("member_refund", args=[place.public_id])
    assert "it cannot go back the way they paid" in text(owner.post(address, asked))
    assert "by hand" in text(owner.post(address, {**asked, "sure": "1"}, follow=True))
    told = Letter.objects.get(key__startswith="refund_owed:")
    assert "₩30,000 comes back to you" in told.subject
    assert "comes back to your bank account, not the way you paid" in told.text
    assert ASKED["reason"] in told.text
    words = "₩70,000 comes back to your bank account, not the way you paid"
    assert words in text(leave(buyer, cohort))
    assert words in Letter.objects.get(key__startswith="left:").text
    assert words in text(buyer.get(reverse("checkout_return", args=[taken.public_id])))
    assert Letter.objects.filter(key__startswith="refund_owed:").count() == 1  # the letter of leaving says it


def test_what_a_host_gives_while_a_bank_decides_is_not_said_to_be_on_its_way(
    stripe: LocalStripe, second: Dispute, owner: Client
) -> None:
    place = line_of(second.payment).enrollment
    asked = {**ASKED, "amount": "60000", "key": "abcdefghjk"}
    address = reverse("member_refund", args=[place.public_id])
    page = text(owner.post(address, asked))
    assert "Their bank is deciding about this payment" in page
    assert "we send the ₩20,000 that is missing" in page
    assert "waits until their bank has decided" in text(owner.post(address, {**asked, "sure": "1"}, follow=True))
    assert not Letter.objects.filter(key__startswith="refund_owed:").exists()
    then(stripe, second, "lose")
    told = Letter.objects.get(key__startswith="refund_owed:")
    assert "₩20,000 comes back to you" in told.subject
    assert ASKED["reason"] in told.text


def test_money_that_came_too_late_and_of_which_a_bank_took_is_said_to_come_by_hand(
    stripe: LocalStripe, before: int, study: Study, buyer: Client, admin: User
) -> None:
    cohort = make_cohort(study, capacity=1)
    payment = begin(buyer, cohort)
    seats.release(Enrollment.objects.get(), "expired")
    enroll(make_person("quicker", "빠른이"), cohort)
    stripe.pay(payment.reference)
    checkout.look(payment)
    payment.refresh_from_db()
    disputed(stripe, payment, "lose", amount=FIRST)
    assert sent(payment) == [("manual", PRICE - FIRST)]
    told = {key.split(":")[0]: text for key, text in Letter.objects.values_list("key", "text")}
    assert "on its way back the way you paid" in told["no_seat"]
    assert f"₩{PRICE - FIRST:,} of what you paid" in told["refund_owed"]
    assert "comes back to your bank account, not the way you paid" in told["refund_owed"]


def test_the_desk_sees_what_went_which_way(second: Dispute, admin: User) -> None:
    page = text(sign_in(admin).get(reverse("admin:payments_payment_change", args=[second.payment_id])))
    assert f"₩{FIRST + SECOND:,}" in page or f"{FIRST + SECOND:,}원" in page

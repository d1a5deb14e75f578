"""A payment a bank has taken a part of for good, disputed once more: what the first bank gave is counted once."""

import dataclasses

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from payments import claims
from payments.models import Dispute, Payment
from payments.services import disputes
from studyplatform.accounts.models import User
from tests.payments.buying import LocalStripe, assert_books_match
from tests.payments.disputing import PRICE, disputed, line_of, then
from tests.payments.test_leaving_disputed import leave, sent, text
from tests.payments.test_refunds import pay

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

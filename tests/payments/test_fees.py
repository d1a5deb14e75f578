"""Stripe's fee: booked when it is known, once, whatever becomes of the seat."""

import pytest
from django.test import Client

from cohorts.models import Cohort, Enrollment
from payments.flows import checkout
from payments.models import LedgerTransaction, Payment
from payments.services import sales
from payments.truth import Charge
from studyplatform.accounts.models import User
from tests.payments.buying import LocalStripe, assert_books_match, balance
from tests.payments.money_world import paid_seat
from tests.payments.test_moving import make_later, press
from tests.payments.test_refunds import pay

pytestmark = pytest.mark.django_db


def fees() -> int:
    return LedgerTransaction.objects.filter(cause__startswith="fee:").count()


def test_what_is_not_known_yet_is_asked_for_again(cohort: Cohort, stranger: User) -> None:
    payment = paid_seat(stranger, cohort).payment
    for unknown in (None, Charge("ch_1", "visa 4242", None, "KRW")):
        assert not sales.book_fee(payment, unknown)
        assert fees() == 0
    for _ in range(2):
        assert sales.book_fee(payment, Charge("ch_1", "visa 4242", 5_250, "KRW"))
        assert (fees(), balance("stripe")) == (1, 144_750)


def test_one_in_another_currency_is_left_for_a_person(cohort: Cohort, stranger: User) -> None:
    payment = paid_seat(stranger, cohort).payment
    assert sales.book_fee(payment, Charge("ch_1", "visa 4242", 390, "USD"))
    assert (fees(), balance("stripe")) == (0, 150_000)


def test_a_seat_the_money_went_along_to_has_none_of_it_again(
    stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client
) -> None:
    payment = pay(stripe, cohort, buyer)
    later = make_later(cohort.study, 150_000)
    press(buyer, Enrollment.objects.get(), later)
    assert Payment.objects.get().lines.count() == 2
    checkout.look(payment)
    assert fees() == 1
    assert_books_match(stripe, later, before)

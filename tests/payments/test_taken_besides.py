"""A bank that takes what had left ours by hand: told with proof, the seat's end, seen until somebody says what became
of it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from payments.models import Difference, Payment, PaymentLine
from payments.services import seat_money
from studyplatform.accounts.models import User
from tests.admin.desk import press, staff
from tests.payments.buying import LocalStripe
from tests.payments.disputing import disputed, then
from tests.payments.giving import plain
from tests.payments.nights import a_night
from tests.payments.test_given_twice import RIGHTS, from_bank
from tests.payments.test_refunds import pay
from tests.people import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough")]


@pytest.fixture
def clerk(db: None) -> User:
    return staff("clerk", *RIGHTS, "payments.view_dispute", language="en")


@pytest.fixture
def desk(clerk: User) -> Client:
    return sign_in(clerk)


@pytest.fixture
def partly_back(own_stripe: LocalStripe, cohort: Cohort, buyer: Client, desk: Client) -> Payment:
    payment = pay(own_stripe, cohort, buyer)
    from_bank(desk, payment, 60_000)
    return payment


def seen(state: str = "open") -> list[tuple[int | None, int | None]]:
    a_night()
    return list(Difference.objects.filter(kind="dispute_twice", state=state).values_list("ours", "theirs"))


def test_who_answers_the_bank_sees_the_transfer(own_stripe: LocalStripe, partly_back: Payment, desk: Client) -> None:
    dispute = disputed(own_stripe, partly_back)
    page = plain(desk.get(reverse("admin:payments_dispute_change", args=[dispute.pk])))
    sent = partly_back.lines.get().refunds.get()
    assert f"₩60,000 from our bank ({timezone.localdate().isoformat()} TR-{sent.pk})" in page


def test_lost_the_seat_ends_and_what_is_too_much_is_a_difference(
    own_stripe: LocalStripe, partly_back: Payment, desk: Client
) -> None:
    dispute = disputed(own_stripe, partly_back)
    assert (seen(), Enrollment.objects.get().state) == ([], "active")  # the bank has not decided
    then(own_stripe, dispute, "lose")
    assert Enrollment.objects.get().state == "cancelled"
    assert seat_money.kept(payment=partly_back) == 0
    line = PaymentLine.objects.get()
    assert (line.refunded, line.disputed) == (60_000, 150_000)
    assert seen() == [(150_000, 210_000)]
    found = Difference.objects.get()  # all else is what Stripe says
    press(desk, "payments.difference", "explain", found, apply="1", note="They paid it back on Monday.")
    assert seen() == []


def test_won_the_seat_stays_and_nothing_is_too_much(
    own_stripe: LocalStripe, partly_back: Payment, desk: Client
) -> None:
    then(own_stripe, disputed(own_stripe, partly_back), "win")
    assert (seen(), Enrollment.objects.get().state) == ([], "active")
    assert seat_money.kept(payment=partly_back) == 90_000


def test_a_part_that_was_left_is_not_too_much(own_stripe: LocalStripe, partly_back: Payment, desk: Client) -> None:
    then(own_stripe, disputed(own_stripe, partly_back, amount=90_000), "lose")
    assert (seen(), Enrollment.objects.get().state) == ([], "cancelled")

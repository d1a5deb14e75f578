"""A seat that was waited for, paid at Stripe: held until the offer ends, given back to its owner when paying fails."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats, Study
from cohorts.services import seats
from payments.flows import checkout
from payments.models import Payment, Refund
from studyplatform.accounts.models import User
from tests.cohorts.hosting import text
from tests.cohorts.waiting_line import counted, full, letters, offer, state, wait
from tests.payments.buying import LocalStripe, begin, drain, hurry, join, join_url, return_url, run_out
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def paid(study: Study, stranger: User) -> Cohort:
    """A cohort of one seat, offered to the stranger, and somebody else behind them."""
    cohort = full(study)
    wait(stranger, cohort)
    wait(make_person("second", "둘째", language="en"), cohort)
    seats.release(cohort.enrollments.get(state="active"), Enrollment.State.CANCELLED)
    offer()
    assert (state(stranger, cohort), counted(cohort)) == ("offered", (1, 1))
    return cohort


def place(person: User) -> Enrollment:
    return Enrollment.objects.filter(person=person).latest("pk")


def left(person: User, minutes: float) -> None:
    """Let the offer end so soon."""
    end = timezone.now() + minutes * MINUTE
    Enrollment.objects.filter(person=person).update(hold_until=end, offered_until=end)


def test_taken_up_it_is_held_as_long_as_the_offer_and_paid(paid: Cohort, stranger: User, stripe: LocalStripe) -> None:
    until = place(stranger).offered_until
    payment = begin(sign_in(stranger), paid)
    assert (state(stranger, paid), place(stranger).hold_until) == ("held", until)
    assert begin(sign_in(stranger), paid) == payment
    stripe.pay(payment.reference or "")
    checkout.look(payment)
    assert (state(stranger, paid), counted(paid)) == ("active", (1, 1))


def test_taken_up_in_the_last_minutes_there_is_time_to_pay(paid: Cohort, stranger: User, stripe: LocalStripe) -> None:
    left(stranger, 2)
    payment = begin(sign_in(stranger), paid)
    assert place(stranger).hold_until > timezone.now() + seats.HOLD - MINUTE
    run_out(payment)
    Enrollment.objects.filter(pk=place(stranger).pk).update(offered_until=timezone.now() - MINUTE)
    hurry()
    drain()
    assert (state(stranger, paid), letters(stranger)) == ("expired", ["offer_over"])
    offer()
    assert counted(paid) == (1, 0)


@pytest.mark.parametrize("trouble", ["no page", "page closed"])
def test_when_paying_fails_the_offer_stands_again(
    paid: Cohort, stranger: User, stripe: LocalStripe, trouble: str
) -> None:
    """Nobody who waited for weeks loses their seat to an error."""
    browser, until = sign_in(stranger), place(stranger).offered_until
    if trouble == "no page":
        stripe.fault("POST /v1/checkout/sessions", "500", times=9)
        join(browser, paid)
        hurry()
        drain("drain_payments")
    else:
        payment = begin(browser, paid)
        stripe.api.v1.checkout.sessions.expire(payment.reference or "")
        checkout.look(payment)
    payment = Payment.objects.latest("pk")
    assert payment.state in ("failed", "expired")
    assert (state(stranger, paid), place(stranger).hold_until, counted(paid)) == ("offered", until, (1, 1))
    assert "still kept for you" in text(browser.get(return_url(payment)))
    stripe.clear()
    again = begin(browser, paid)
    stripe.pay(again.reference or "")
    checkout.look(again)
    assert (state(stranger, paid), counted(paid)) == ("active", (1, 1))


def test_let_go_on_the_payment_page_it_goes_to_the_next(paid: Cohort, stranger: User, stripe: LocalStripe) -> None:
    payment = begin(sign_in(stranger), paid)
    sign_in(stranger).post(reverse("checkout_give_up", args=[payment.public_id]))
    assert (state(stranger, paid), counted(paid)) == ("cancelled", (0, 1))
    offer()
    assert state(User.objects.get(email="second@example.com"), paid) == "offered"


def test_money_that_comes_late_takes_the_offered_seat_or_goes_back(
    paid: Cohort, stranger: User, stripe: LocalStripe
) -> None:
    browser = sign_in(stranger)
    payment = begin(browser, paid)
    stripe.pay(payment.reference or "")
    Payment.objects.filter(pk=payment.pk).update(state="expired", done_at=timezone.now())
    seats.lapse(place(stranger))  # our clock was faster than the news
    assert state(stranger, paid) == "offered"
    checkout.look(payment)
    assert (state(stranger, paid), counted(paid)) == ("active", (1, 1))
    assert not Refund.objects.exists()


def test_buyers_are_told_to_wait_and_when_to_look_again(study: Study, stranger: User, stripe: LocalStripe) -> None:
    """Seats that are only held are never called sold; once somebody waits, who comes by stands behind them."""
    cohort = full(study)
    Seats.objects.filter(cohort=cohort).update(capacity=2)
    held = begin(sign_in(make_person("payer", "내는이")), cohort)
    browser = sign_in(stranger)
    page = text(browser.get(join_url(cohort)))
    assert "The last seat is being paid for" in page
    assert "a seat comes free by" in page
    assert "Look again" in page
    wait(make_person("first", "첫째"), cohort)
    page = text(browser.get(join_url(cohort)))
    assert "1 person waits in line" in page
    assert "Look again" not in page
    run_out(held)
    hurry()
    drain()
    assert join(browser, cohort).status_code == 409
    offer()
    assert state(User.objects.get(email="first@example.com"), cohort) == "offered"


def test_seats_left_and_seats_being_paid_for_stand_apart(study: Study, stranger: User, stripe: LocalStripe) -> None:
    cohort = full(study)
    Seats.objects.filter(cohort=cohort).update(capacity=14)
    begin(sign_in(make_person("payer", "내는이")), cohort)
    assert "12 seats left · 1 being paid for right now" in text(sign_in(stranger).get(join_url(cohort)))

"""Whose a movement at Stripe is: known by its number here, asked for where we do not know, and the same either way."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from payments import statement
from payments.flows import checkout
from payments.models import Payee, Payment, StripeMovement
from payments.services import payouts, refunds
from tests.payments.buying import OK, LocalStripe, assert_books_match, begin, drain
from tests.payments.disputing import disputed
from tests.payments.nights import a_night, kinds, paid, send_refunds
from tests.people import make_person, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough")]
SHORT, WHOLE = False, True
DECLINED = "4000000000000002"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How each page was asked for."""
    pages: list[bool] = []
    real = statement.movements

    def noted(*args: Any, whole: bool = False) -> Any:
        pages.append(whole)
        return real(*args, whole=whole)

    monkeypatch.setattr(statement, "movements", noted)
    return pages


def as_stripe_says() -> list[tuple[str, str, str]]:
    """Number, payment and our number of every movement, from the long answer."""
    page, _more = statement.movements(None, timezone.now() + datetime.timedelta(minutes=1), whole=True)
    return sorted((one.id, one.intent, one.ours) for one in page)


def as_kept() -> list[tuple[str, str, str]]:
    return sorted(StripeMovement.objects.values_list("reference", "intent", "ours"))


def test_what_is_ours_is_known_by_its_number_and_named_as_stripe_names_it(
    own_stripe: LocalStripe, cohort: Cohort, payee: Payee, asked: list[bool]
) -> None:
    """A payment, a refund, a dispute that is lost, a payout, and what goes to our bank."""
    sold, lost = paid(own_stripe, cohort, "one"), paid(own_stripe, cohort, "two")
    refunds.owe(sold.lines.get(), 50_000, "left")
    send_refunds()
    disputed(own_stripe, lost, "lose")
    payouts.run()
    drain("drain_payouts")
    a_night()
    assert (asked, kinds()) == ([SHORT], [])
    assert as_kept() == as_stripe_says()
    assert {one.kind for one in StripeMovement.objects.all()} == {"charge", "refund", "dispute", "transfer", "topup"}


def test_a_payment_nobody_told_us_of_is_asked_for_once(
    own_stripe: LocalStripe, cohort: Cohort, asked: list[bool]
) -> None:
    paid(own_stripe, cohort, "known")
    payment = begin(sign_in(make_person("buyer", "buyer")), cohort)
    own_stripe.pay(str(payment.reference))
    a_night()
    assert (asked, kinds("cured"), kinds()) == ([SHORT, WHOLE], ["payment_lost"], [])
    assert as_kept() == as_stripe_says()
    payment.refresh_from_db()
    assert payment.charge == StripeMovement.objects.get(ours=payment.public_id).source
    assert_books_match(own_stripe, cohort)


def test_a_payment_from_before_its_charge_was_kept_is_asked_for_once(
    own_stripe: LocalStripe, cohort: Cohort, asked: list[bool]
) -> None:
    paid(own_stripe, cohort, "old")
    Payment.objects.update(charge=None)
    a_night()
    assert (asked, kinds("cured"), kinds()) == ([SHORT, WHOLE], [], [])
    assert as_kept() == as_stripe_says()
    asked.clear()
    a_night()
    assert (asked, kinds()) == ([SHORT], [])


def test_a_charge_of_somebody_else_at_the_same_stripe_is_asked_for_once_and_waits_for_a_person(
    own_stripe: LocalStripe, cohort: Cohort, asked: list[bool]
) -> None:
    """And what is ours on the same page is found as ever."""
    paid(own_stripe, cohort, "ours")
    own_stripe.take(30_000, "krw")
    a_night()
    assert (asked, kinds()) == ([SHORT, WHOLE], ["payment_strange"])
    asked.clear()
    a_night()
    assert (asked, kinds()) == ([SHORT], ["payment_strange"])
    assert as_kept() == as_stripe_says()


def test_the_charge_that_is_kept_is_the_one_that_was_paid(
    own_stripe: LocalStripe, cohort: Cohort, asked: list[bool]
) -> None:
    """After a card that was declined, and after the page was given up here."""
    declined, late = (begin(sign_in(make_person(name, name)), cohort) for name in ("declined", "late"))
    own_stripe.pay(str(declined.reference), DECLINED)
    checkout.look(declined)
    Payment.objects.filter(pk=late.pk).update(state="expired", done_at=timezone.now())
    Enrollment.objects.filter(payment_lines__payment=late).update(state="expired")
    for payment in (declined, late):
        own_stripe.pay(str(payment.reference), OK)
        checkout.look(payment)
    a_night()
    assert asked == [SHORT]
    charges = Payment.objects.filter(state="paid").values_list("charge", flat=True)
    assert sorted(map(str, charges)) == sorted(StripeMovement.objects.values_list("source", flat=True))


def test_one_charge_pays_one_payment(own_stripe: LocalStripe, cohort: Cohort) -> None:
    one, two = (paid(own_stripe, cohort, name) for name in ("one", "two"))
    assert one.charge != two.charge
    with pytest.raises(IntegrityError):
        Payment.objects.filter(pk=two.pk).update(charge=one.charge)

"""From holding a seat to a settled payment, against the local Stripe over HTTP."""

import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats
from cohorts.services import cohorts, seats
from payments import gateway
from payments.flows import checkout
from payments.models import LedgerTransaction, Payment, Receipt, Refund
from payments.services import payments, releases
from studyplatform.accounts.models import User
from studyplatform.kit.edge import OpenTransaction
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    assert_seats_match,
    balance,
    begin,
    drain,
    hurry,
    join,
    return_url,
    run_out,
)
from tests.people import enroll, make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db

DECLINED, NO_MONEY, CHALLENGE = "4000000000000002", "4000000000009995", "4000002500003155"


def letters_to(person: User) -> list[str]:
    return sorted(Letter.objects.filter(recipient=person).values_list("key", flat=True))


def test_the_hosted_page_asks_for_what_was_shown(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    payment = begin(buyer, cohort)
    page = stripe.api.v1.checkout.sessions.retrieve(payment.reference)
    assert (page.amount_total, page.currency) == (150_000, "krw")
    assert page.client_reference_id == payment.public_id == page.metadata["payment"]
    assert page.customer_email == "stranger@example.com"
    assert page.locale == "en"
    enrollment = Enrollment.objects.get()
    ends = datetime.datetime.fromtimestamp(page.expires_at, datetime.UTC)
    assert enrollment.hold_until - ends >= datetime.timedelta(minutes=2)  # I-08: the hold outlives the page
    assert ends - timezone.now() >= datetime.timedelta(minutes=30)


def test_paying_gives_the_seat_and_books_the_money(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    before = stripe.balance("KRW")
    payment = begin(buyer, cohort, introduction="Prints posters")
    stripe.pay(payment.reference)
    text = buyer.get(return_url(payment)).content.decode()
    assert "you are in cohort 1" in text
    assert "₩150,000" in text
    payment.refresh_from_db()
    assert payment.receipt.number in text
    assert payment.method == "Visa ···· 4242"
    hurry()
    drain()
    assert balance("stripe") == -balance("escrow") == stripe.balance("KRW") - before
    assert 0 < 150_000 - balance("stripe") < 10_000  # Stripe's fee is booked too
    assert_books_match(stripe, cohort, before)
    assert payment.lines.get().enrollment.state == "active"


def test_any_number_of_confirmations_settle_once(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, stranger: User
) -> None:
    """I-01: return page, webhook and drain; one transition, one posting, one letter."""
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    for _ in range(3):
        buyer.get(return_url(payment))
        checkout.look(Payment.objects.get())
        payments.settle(payment, gateway.get_page(payment.reference))
    assert LedgerTransaction.objects.filter(cause__startswith="sale:").count() == 1
    assert Change.objects.filter(subject_type="payments.payment", to_state="paid").count() == 1
    assert letters_to(stranger) == [f"joined:{payment.pk}"]
    assert Receipt.objects.count() == 1
    assert not Refund.objects.exists()


def test_pressing_again_keeps_one_seat_and_one_page(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    first, again = join(buyer, cohort), join(buyer, cohort)
    assert first.url == again.url
    assert Payment.objects.count() == 1
    assert Seats.objects.get(cohort=cohort).taken == 1
    assert "Your seat is held until" in buyer.get(first.wsgi_request.path).content.decode()


def test_a_refused_card_takes_nothing_and_another_one_may_follow(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, stranger: User
) -> None:
    payment = begin(buyer, cohort)
    for card, sentence in ((DECLINED, "The card was refused"), (NO_MONEY, "There is not enough money on this card")):
        stripe.pay(payment.reference, card)
        text = buyer.get(return_url(payment) + "?cancelled=1").content.decode()
        assert sentence in text
        assert "No money was taken" in text
    stripe.pay(payment.reference, CHALLENGE, challenge="fail")
    assert "could not confirm that it is you" in buyer.get(return_url(payment)).content.decode()
    assert letters_to(stranger) == []  # I-13: nothing failed for good
    stripe.pay(payment.reference, CHALLENGE)
    assert "you are in cohort 1" in buyer.get(return_url(payment)).content.decode()


def test_stopping_keeps_the_seat_until_it_is_let_go(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    payment = begin(buyer, cohort)
    text = buyer.get(return_url(payment) + "?cancelled=1").content.decode()
    assert "You stopped before paying" in text
    assert buyer.post(return_url(payment).replace("return", "page")).url == payment.address
    buyer.post(return_url(payment).replace("return", "give-up"))
    assert Seats.objects.get(cohort=cohort).taken == 0
    assert stripe.api.v1.checkout.sessions.retrieve(payment.reference).status == "expired"
    assert "The time to pay ran out" in buyer.get(return_url(payment)).content.decode()
    assert begin(buyer, cohort).pk != payment.pk


def test_letting_go_loses_against_money_that_came(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    buyer.post(return_url(payment).replace("return", "give-up"))
    assert "you are in cohort 1" in buyer.get(return_url(payment)).content.decode()


def test_a_hold_that_ran_out_frees_the_seat_without_a_letter(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, stranger: User
) -> None:
    """I-12, I-13."""
    payment = begin(buyer, cohort, subgroup=cohort.subgroups.first().pk)
    run_out(payment)
    drain()
    payment.refresh_from_db()
    assert payment.state == "expired"
    assert stripe.api.v1.checkout.sessions.retrieve(payment.reference).status == "expired"
    assert_seats_match(cohort)
    assert cohort.subgroups.first().taken == 0
    assert "The time to pay ran out" in buyer.get(return_url(payment)).content.decode()
    assert letters_to(stranger) == []


def test_pressing_again_after_the_page_ran_out_makes_a_new_one(
    stripe: LocalStripe, cohort: Cohort, buyer: Client
) -> None:
    payment = begin(buyer, cohort)
    run_out(payment)
    fresh = begin(buyer, cohort)
    assert fresh.reference != payment.reference
    assert Seats.objects.get(cohort=cohort).taken == 1


def test_late_money_takes_a_seat_that_is_still_free(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    """I-08: the hold was freed while the money was on its way."""
    payment = begin(buyer, cohort)
    seats.release(Enrollment.objects.get(), "expired")
    stripe.pay(payment.reference)
    hurry()
    drain()
    assert Enrollment.objects.get().state == "active"
    assert not Refund.objects.exists()
    assert_seats_match(cohort)


def test_late_money_without_a_seat_goes_back_by_itself(
    stripe: LocalStripe, study: Any, buyer: Client, stranger: User
) -> None:
    """I-07: never paid without a seat and without a refund."""
    cohort = make_cohort(study, capacity=1)
    before = stripe.balance("KRW")
    payment = begin(buyer, cohort)
    seats.release(Enrollment.objects.get(), "expired")
    enroll(make_person("quicker", "빠른이"), cohort)
    stripe.pay(payment.reference)
    text = buyer.get(return_url(payment)).content.decode()
    assert "Your payment came when the seats were gone" in text
    assert "₩150,000" in text
    hurry()
    drain()
    refund = Refund.objects.get()
    assert (refund.cause, refund.amount, refund.state) == ("late", 150_000, "succeeded")
    assert letters_to(stranger) == [f"no_seat:{refund.pk}"]
    assert not Receipt.objects.exists()
    assert Seats.objects.get(cohort=cohort).taken == 1
    fee = -(stripe.balance("KRW") - before)
    assert balance("payable") == fee  # the fee that is lost is the host's
    assert balance("escrow") == balance("paying") == 0
    assert_books_match(stripe, cohort, before)


def test_two_payments_for_one_seat_give_the_second_back(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    first = begin(buyer, cohort)
    seats.release(Enrollment.objects.get(), "expired")
    Payment.objects.filter(pk=first.pk).update(state="expired")
    second = begin(buyer, cohort)
    stripe.pay(second.reference)
    stripe.pay(first.reference)
    for payment in (second, first):
        payments.apply(payment, gateway.get_page(payment.reference))
    hurry()
    drain()
    assert Refund.objects.get().line.payment == first
    assert Enrollment.objects.filter(state="active").count() == 1
    assert_seats_match(cohort)


def test_two_payments_of_the_same_enrollment_keep_one(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    first = begin(buyer, cohort)
    Payment.objects.filter(pk=first.pk).update(state="failed")
    second = begin(buyer, cohort)
    assert second.lines.get().enrollment_id == first.lines.get().enrollment_id
    for payment in (first, second):
        stripe.pay(payment.reference)
        payments.apply(payment, gateway.get_page(payment.reference))
    refund = Refund.objects.get()
    assert (refund.line.payment, refund.cause) == (second, "twice")
    assert Enrollment.objects.get().state == "active"


def test_money_for_a_cohort_called_off_meanwhile_goes_back(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    payment = begin(buyer, cohort)
    Cohort.objects.filter(pk=cohort.pk).update(state="called_off", called_off_at=timezone.now())
    stripe.pay(payment.reference)
    assert "This cohort does not take place" in buyer.get(return_url(payment)).content.decode()
    assert Refund.objects.get().cause == "called_off"
    drain()
    assert Refund.objects.count() == 1


def test_calling_a_cohort_off_closes_the_page_somebody_is_paying_on(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, host: User
) -> None:
    payment = begin(buyer, cohort)
    cohorts.call_off(host, cohort)
    drain("drain_called_off", "drain_payments")
    assert stripe.api.v1.checkout.sessions.retrieve(payment.reference).status == "expired"
    text = buyer.get(return_url(payment)).content.decode()
    assert "This cohort does not take place" in text
    assert "Nothing was charged" in text
    assert_seats_match(cohort)


def test_money_for_a_cohort_whose_sessions_are_all_shared_goes_back(
    stripe: LocalStripe, cohort: Cohort, buyer: Client
) -> None:
    """What no session could share any more would stay in escrow for ever."""
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    for session in cohort.sessions.filter(subgroup=None):
        releases.release(session)
    checkout.look(payment)
    assert Refund.objects.get().cause == "late"
    assert balance("escrow") == 0


def test_late_money_takes_the_same_subgroup_again_if_it_can(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    group = cohort.subgroups.last()
    payment = begin(buyer, cohort, subgroup=group.pk)
    seats.release(Enrollment.objects.get(), "expired")
    stripe.pay(payment.reference)
    checkout.look(payment)
    assert Enrollment.objects.get().memberships.get(until=None).subgroup == group
    group.refresh_from_db()
    assert group.taken == 1


def test_money_of_somebody_who_joined_anew_meanwhile_goes_back_without_an_error(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, stranger: User
) -> None:
    """The other place is written a moment after we looked for it: the database refuses, and the money goes back."""
    payment = begin(buyer, cohort)
    first = Enrollment.objects.get()
    seats.release(first, "expired")
    enroll(stranger, cohort)
    stripe.pay(payment.reference)
    assert "Your payment came when" in buyer.get(return_url(payment)).content.decode()
    assert Refund.objects.get().cause == "late"
    assert_seats_match(cohort)


@pytest.mark.parametrize("column", [{"amount": 150_001}, {"currency": "USD"}, {"public_id": "zzzzzzzzzz"}])
def test_money_that_is_not_what_was_asked_settles_nothing(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, column: dict[str, Any]
) -> None:
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    Payment.objects.filter(pk=payment.pk).update(**column)
    payment.refresh_from_db()
    with pytest.raises(payments.Mismatch):
        checkout.look(payment)
    hurry()
    drain()
    payment.refresh_from_db()
    assert payment.state == "open"
    assert "asked for" in payment.error
    assert Enrollment.objects.get().state == "held"
    assert "We are asking" in buyer.get(return_url(payment)).content.decode()


@pytest.mark.parametrize(("currency", "amount", "shown"), [("KRW", 200_000, "₩200,000"), ("USD", 4_900, "$49.00")])
def test_one_amount_on_screen_on_the_wire_in_the_ledger_and_in_the_letter(
    stripe: LocalStripe, study: Any, buyer: Client, currency: str, amount: int, shown: str
) -> None:
    """I-19."""
    cohort = make_cohort(study, amount=amount, currency=currency)
    assert shown in buyer.get(f"/studies/{study.slug}/cohorts/1/join/").content.decode()
    payment = begin(buyer, cohort)
    assert stripe.api.v1.checkout.sessions.retrieve(payment.reference).amount_total == amount
    stripe.pay(payment.reference)
    assert shown in buyer.get(return_url(payment)).content.decode()
    sale = LedgerTransaction.objects.get(cause__startswith="sale:")
    assert max(entry.amount for entry in sale.entries.all()) == amount
    assert shown in Letter.objects.get().text


def test_receipts_are_numbered_without_gaps(stripe: LocalStripe, study: Any) -> None:
    cohort = make_cohort(study)
    numbers = []
    for name in ("one", "two", "three"):
        payment = begin(sign_in(make_person(name, name)), cohort)
        stripe.pay(payment.reference)
        checkout.look(payment)
        numbers.append(Receipt.objects.get(payment=payment).number)
    year = timezone.localdate(timezone=timezone.get_default_timezone()).year
    assert numbers == [f"R-{year}-00000{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("kind", ["500", "503", "429", "timeout_before", "timeout_after"])
def test_stripe_failing_to_make_a_page_is_said_and_cured(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, kind: str
) -> None:
    stripe.fault("POST /v1/checkout/sessions", kind, times=3)
    answer = join(buyer, cohort, follow=True)
    payment = Payment.objects.get()
    assert payment.state == "unknown"
    assert answer.url == return_url(payment)
    assert Seats.objects.get(cohort=cohort).taken == 1
    stripe.clear()
    hurry()
    drain("drain_payments")
    payment.refresh_from_db()
    again = begin(buyer, cohort)  # a page that broke under its key is given up, and a fresh one made
    assert (again.pk == payment.pk) == (payment.state == "open")
    assert Seats.objects.get(cohort=cohort).taken == 1
    assert_seats_match(cohort)


def test_stripe_being_down_says_that_nothing_was_charged(cohort: Cohort, buyer: Client, settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    answer = join(buyer, cohort)
    page = buyer.get(answer.url).content.decode()
    assert "The payment company does not answer" in page
    assert "Nothing was charged" in page
    assert 'data-poll="15"' in page


def test_stripe_being_down_on_return_keeps_waiting(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, settings: Any
) -> None:
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert "We are asking whether your payment arrived" in buyer.get(return_url(payment)).content.decode()
    settings.STRIPE_API_BASE = stripe.address
    assert "you are in cohort 1" in buyer.get(return_url(payment)).content.decode()


def test_a_page_stripe_will_not_make_frees_the_seat(stripe: LocalStripe, study: Any, buyer: Client) -> None:
    cohort = make_cohort(study, amount=1)  # below what Stripe takes
    page = buyer.get(join(buyer, cohort).url).content.decode()
    assert "The payment page could not be opened" in page
    assert Seats.objects.get(cohort=cohort).taken == 0


def test_calls_to_stripe_refuse_an_open_transaction(stripe: LocalStripe) -> None:
    from django.db import transaction

    with transaction.atomic(), pytest.raises(OpenTransaction):
        gateway.get_page("cs_test_x")


def test_nothing_is_sent_by_a_verb_itself(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    """I-27: letters are rows; the post takes them later."""
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    buyer.get(return_url(payment))
    assert Letter.objects.filter(done_at=None).count() == 1
    assert not mail.outbox

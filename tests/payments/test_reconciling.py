"""Each night what Stripe moved is compared with our books: every kind of difference, made truly, found and cured."""

from typing import Any

import pytest
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats
from payments.flows import cures
from payments.models import (
    Difference,
    Payee,
    Payment,
    Payout,
    Refund,
    StripeMovement,
)
from payments.services import differences, ledger, payouts, reconciliations, refunds, sales
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from tests.payments.buying import LocalStripe, assert_books_match, balance, begin, drain
from tests.payments.nights import (
    a_night,
    compared_again,
    kinds,
    paid,
    send_refunds,
)
from tests.people import make_person, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough")]
FAILS_LATER = "4000000000005126"


def test_a_night_without_a_difference_finds_none(own_stripe: LocalStripe, cohort: Cohort) -> None:
    for name in ("one", "two"):
        paid(own_stripe, cohort, name)
    refunds.owe(Payment.objects.all()[0].lines.get(), 50_000, "left")
    send_refunds()
    a_night()
    assert StripeMovement.objects.count() == 3
    assert sum(one.net for one in StripeMovement.objects.all()) == balance("stripe") == own_stripe.balance("KRW")
    assert not Difference.objects.exists()


def test_a_refund_that_had_failed_before_we_heard_of_it_is_booked_both_ways(
    own_stripe: LocalStripe, cohort: Cohort
) -> None:
    """Somebody made it in Stripe's pages, and its card was closed: it went out and came back."""
    payment = paid(own_stripe, cohort, "buyer", FAILS_LATER)
    own_stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": 20_000})
    own_stripe.settle()
    for _ in range(2):
        a_night()
    assert kinds() == []
    row = Refund.objects.get()
    assert (row.state, payment.lines.get().refunded) == ("failed", 20_000)
    assert all(ledger.booked(f"{cause}:{row.pk}") for cause in ("refund", "refund_failed"))
    assert_books_match(own_stripe, cohort)


def test_a_lost_webhook_is_made_up_for(own_stripe: LocalStripe, cohort: Cohort) -> None:
    payment = begin(sign_in(make_person("buyer", "buyer")), cohort)
    own_stripe.pay(str(payment.reference))
    a_night()
    payment.refresh_from_db()
    assert (payment.state, payment.lines.get().enrollment.state) == ("paid", "active")
    assert (kinds("cured"), kinds()) == (["payment_lost"], [])
    assert_books_match(own_stripe, cohort)


def test_money_of_a_payment_that_was_given_up_here_goes_on_its_way(own_stripe: LocalStripe, cohort: Cohort) -> None:
    """We thought it expired; it was paid in the last moment, and the seat is somebody else's."""
    Seats.objects.filter(cohort=cohort).update(capacity=1)
    late = begin(sign_in(make_person("late", "late")), cohort)
    own_stripe.pay(str(late.reference))
    Payment.objects.filter(pk=late.pk).update(state="expired", done_at=timezone.now())
    Enrollment.objects.update(state="expired")
    Seats.objects.filter(cohort=cohort).update(taken=0)
    paid(own_stripe, cohort, "quick")
    a_night()
    send_refunds()
    late.refresh_from_db()
    assert late.state == "paid"
    assert Refund.objects.get().cause == "late"
    assert kinds("cured") == ["payment_lost"]
    assert_books_match(own_stripe, cohort)


def test_a_payment_whose_page_never_became_known_here_is_found(own_stripe: LocalStripe, cohort: Cohort) -> None:
    payment = begin(sign_in(make_person("buyer", "buyer")), cohort)
    own_stripe.pay(str(payment.reference))
    Payment.objects.filter(pk=payment.pk).update(reference=None, state="failed", done_at=timezone.now())
    a_night()
    payment.refresh_from_db()
    assert payment.state == "paid"


def test_a_fee_nobody_told_of_is_booked(own_stripe: LocalStripe, cohort: Cohort, monkeypatch: Any) -> None:
    really = sales.book_fee
    monkeypatch.setattr(sales, "book_fee", lambda payment, charge: True)
    payment = paid(own_stripe, cohort, "buyer")
    monkeypatch.setattr(sales, "book_fee", really)
    assert ledger.booked(f"fee:{payment.lines.get().pk}") is None
    a_night()
    assert kinds("cured") == ["fee_unbooked"]
    assert_books_match(own_stripe, cohort)


def test_a_fee_that_differs_waits_for_a_person_who_lets_the_platform_carry_it(
    own_stripe: LocalStripe, cohort: Cohort, admin: User
) -> None:
    payment = paid(own_stripe, cohort, "buyer")
    a_night()
    StripeMovement.objects.update(fee=6_000)  # what Stripe says now
    compared_again()
    row = Difference.objects.get()
    assert (row.kind, row.state, row.ours, row.theirs, row.about_id) == ("fee", "open", 5_250, 6_000, str(payment.pk))
    differences.carry(row, admin, "Stripe raised it")
    assert balance("platform") == 750  # what the platform has less
    assert balance("stripe") == 150_000 - 6_000
    assert reconciliations.look_again(row)
    with pytest.raises(Refused):
        differences.carry(row, admin, "again")


def test_a_refund_made_at_stripes_page_is_written_down(own_stripe: LocalStripe, cohort: Cohort) -> None:
    payment = paid(own_stripe, cohort, "buyer")
    own_stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": 40_000})
    a_night()
    refund = Refund.objects.get()
    assert (refund.amount, refund.state, refund.cause.partition(":")[0]) == (40_000, "succeeded", "elsewhere")
    assert (kinds("cured"), kinds()) == (["refund_lost"], [])
    assert_books_match(own_stripe, cohort)


def test_a_refund_of_ours_that_came_back_is_owed_again(own_stripe: LocalStripe, cohort: Cohort) -> None:
    payment = paid(own_stripe, cohort, "buyer", FAILS_LATER)
    refunds.owe(payment.lines.get(), 50_000, "left")
    send_refunds()
    a_night()
    assert not Difference.objects.exists()
    own_stripe.settle()
    a_night()
    assert Refund.objects.get().state == "failed"
    assert (kinds("cured"), kinds()) == (["failure_lost"], [])
    assert_books_match(own_stripe, cohort)


def test_what_is_none_of_ours_waits_for_a_person(own_stripe: LocalStripe, cohort: Cohort, admin: User) -> None:
    """A payment somebody took in Stripe's pages, and half of it given back there."""
    intent = own_stripe.take(30_000, "krw")
    own_stripe.api.v1.refunds.create(params={"payment_intent": intent, "amount": 10_000})
    own_stripe.ask("POST", "move", kind="stripe_fee", amount=-1_100, currency="KRW")
    a_night()
    assert kinds() == ["payment_strange", "refund_strange", "unknown"]
    for row in Difference.objects.all():
        differences.carry(row, admin, "written off")
    assert balance("stripe") == own_stripe.balance("KRW") == -balance("platform")
    a_night()
    assert (kinds("cured"), kinds()) == (["payment_strange", "refund_strange", "unknown"], [])


def test_what_stripe_pays_to_our_bank_is_booked_by_itself(own_stripe: LocalStripe, cohort: Cohort) -> None:
    paid(own_stripe, cohort, "buyer")
    own_stripe.ask("POST", "move", kind="payout", amount=-100_000, currency="KRW", source="po_1")
    own_stripe.ask("POST", "move", kind="topup", amount=30_000, currency="KRW", source="tu_1")
    a_night()
    assert (kinds("cured"), kinds()) == (["to_bank", "to_bank"], [])
    assert balance("bank") == 70_000
    assert_books_match(own_stripe, cohort)
    a_night()
    assert balance("bank") == 70_000


def test_what_we_booked_and_stripe_does_not_show(own_stripe: LocalStripe, cohort: Cohort) -> None:
    """A payment, a refund and a payout of ours that Stripe never heard of; beside them, ones it knows."""
    known, made_up = paid(own_stripe, cohort, "known"), paid(own_stripe, cohort, "made-up")
    refund = refunds.owe(known.lines.get(), 1_000, "left")
    send_refunds()
    Payment.objects.filter(pk=made_up.pk).update(intent="pi_nobody", charge="ch_nobody", public_id="nobody")
    Refund.objects.filter(pk=refund.pk).update(reference="re_nobody")
    ledger.post("payout-reversed:trr_nobody", {ledger.account("stripe", "KRW"): 7, ledger.account("paying", "KRW"): -7})
    a_night()
    missing = {row.booked.cause: (row.ours, row.theirs) for row in Difference.objects.filter(kind="missing")}
    assert missing == {
        f"sale:{made_up.lines.get().pk}": (150_000, None),
        f"refund:{refund.pk}": (-1_000, None),
        "payout-reversed:trr_nobody": (7, None),
    }
    row = Difference.objects.get(booked__cause=f"refund:{refund.pk}")
    Refund.objects.filter(pk=refund.pk).update(reference=StripeMovement.objects.get(kind="refund").source)
    assert cures.ask(row)
    assert f"refund:{refund.pk}" not in Difference.objects.filter(state="open").values_list("booked__cause", flat=True)


@pytest.mark.parametrize(("fee", "ours"), [(5_250, 150_000), (5_350, 150_100)])
def test_another_amount_than_we_booked_is_carried_with_its_fee(
    own_stripe: LocalStripe, cohort: Cohort, admin: User, fee: int, ours: int
) -> None:
    paid(own_stripe, cohort, "buyer")
    a_night()
    StripeMovement.objects.update(amount=149_000, fee=fee)
    compared_again()
    row = Difference.objects.get()
    assert (row.kind, row.ours, row.theirs) == ("amount", ours, 149_000)
    differences.carry(row, admin, "Stripe took less")
    assert balance("stripe") == 149_000 - fee
    assert reconciliations.look_again(row)


def test_money_kept_in_another_currency_is_named_and_never_carried(
    own_stripe: LocalStripe, cohort: Cohort, admin: User
) -> None:
    paid(own_stripe, cohort, "buyer")
    a_night()
    StripeMovement.objects.update(currency="USD")  # the same number, of something else
    compared_again()
    row = Difference.objects.get()
    assert (row.kind, row.currency, row.ours, row.theirs) == ("currency", "USD", None, StripeMovement.objects.get().net)
    with pytest.raises(Refused):
        differences.carry(row, admin, "x")


def test_a_second_payment_on_one_page_is_named(own_stripe: LocalStripe, cohort: Cohort) -> None:
    payment = paid(own_stripe, cohort, "buyer")
    a_night()
    Payment.objects.filter(pk=payment.pk).update(intent="pi_the_first")
    compared_again()
    assert kinds() == ["missing", "payment_twice"]  # the one we booked is not there, another one is


# ── Payouts ───────────────────────────────────────────────────────────────────
def test_a_payout_sent_and_fetched_back_without_a_word(own_stripe: LocalStripe, payee: Payee) -> None:
    payouts.run()
    drain("drain_payouts")
    payout = Payout.objects.get()
    assert payout.state == "paid"
    own_stripe.api.v1.transfers.reversals.create(str(payout.reference), params={"amount": 3_000})
    a_night()
    assert (kinds("cured"), kinds()) == (["reversal_lost", "to_bank"], [])
    assert payouts.owed(payee.person_id, "USD") == 3_000
    assert balance("stripe", "USD") == own_stripe.balance("USD")


def test_a_payout_whose_answer_was_lost_is_written_down(own_stripe: LocalStripe, payee: Payee) -> None:
    payouts.run()
    own_stripe.fault("POST /v1/transfers", "timeout_after", times=1)
    own_stripe.fault("POST /v1/transfers", "timeout_before", times=2)
    queue.drain("payments.drain_payouts")
    assert Payout.objects.get().state == "unknown"
    a_night()
    assert Payout.objects.get().state == "paid"
    assert "transfer_lost" in kinds("cured")
    assert balance("stripe", "USD") == own_stripe.balance("USD")


@pytest.mark.parametrize("named", [False, True])
def test_a_transfer_we_do_not_know_waits_for_a_person(
    own_stripe: LocalStripe, payee: Payee, admin: User, named: bool
) -> None:
    """Nor does one that names a payout of ours which was sent before: that is money sent twice."""
    payouts.run()
    drain("drain_payouts")
    said = {"payout": str(Payout.objects.get().pk)} if named else {}
    where = {"currency": "usd", "destination": str(payee.stripe_account), "metadata": said}
    own_stripe.api.v1.transfers.create(params={"amount": 1_000, **where})
    a_night()
    assert kinds() == ["transfer_strange"]
    differences.carry(Difference.objects.get(state="open"), admin, "a gift")
    a_night()
    assert kinds() == []
    assert balance("stripe", "USD") == own_stripe.balance("USD")

"""Credit at joining: taken off by itself, one number everywhere, never twice; nobody paid, and it is theirs again."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Credit, CreditUse, Enrollment, Price, Study
from cohorts.services import coupons, credit_uses, seats, waiting
from payments.flows import checkout
from payments.models import LedgerEntry, Payment, Refund
from studyplatform.accounts.models import User
from studyplatform.kit import money
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.cohorts.credit import assert_all_is_somewhere, give, unused
from tests.cohorts.hosting import english, text
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    assert_seats_match,
    balance,
    begin,
    bought,
    drain,
    join,
    join_url,
    run_out,
)
from tests.payments.test_moving import make_later
from tests.people import enroll, make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(cohort: Cohort, stranger: User) -> Credit:
    """50,000 won for somebody who was in the study."""
    return give(stranger, cohort.study, 50_000)


def shown(page: Any) -> list[str]:
    """The amounts of the price box, from the price to what is to be paid."""
    box = text(page).split('<dl class="lines">')[1].split("</dl>")[0]
    return [part.split("</dd>")[0].replace("−", "-") for part in box.split("<dd>")[1:]]


@pytest.mark.parametrize(
    ("currency", "amount", "credit", "costs"),
    [("KRW", 150_000, 50_000, 100_000), ("USD", 12_000, 5_001, 6_999), ("JPY", 15_001, 5_000, 10_001)],
)
def test_page_stripe_ledger_and_receipt_say_one_number(
    own_stripe: LocalStripe, host: User, stranger: User, currency: str, amount: int, credit: int, costs: int
) -> None:
    """I-19."""
    study = make_study(host, slug=f"in-{currency.lower()}")
    cohort = make_cohort(study, currency=currency, amount=amount)
    give(stranger, study, credit)
    browser = english(stranger)
    page = browser.get(join_url(cohort))
    assert shown(page) == [
        money.show(amount, currency),
        "-" + money.show(credit, currency),
        money.show(costs, currency),
    ]
    place = bought(own_stripe, browser, cohort, offer=page.context["offer"])
    payment = Payment.objects.get(lines__enrollment=place)
    assert (place.price, place.credit, payment.amount, payment.lines.get().amount) == (costs, credit, costs, costs)
    assert own_stripe.api.v1.checkout.sessions.retrieve(payment.reference).amount_total == costs
    assert LedgerEntry.objects.get(transaction__cause__startswith="sale:", account__kind="stripe").amount == costs
    assert_books_match(own_stripe, cohort)
    receipt = text(browser.get(reverse("receipt", args=[payment.public_id])))
    for number in (amount, credit, costs):
        assert money.show(number, currency) in receipt
    assert unused(stranger) == 0
    assert_all_is_somewhere()


@pytest.mark.parametrize(
    ("price", "credit", "taken", "costs"),
    [
        (150_000, 50_000, 50_000, 100_000),
        (150_000, 149_500, 149_000, 1_000),  # never below the least price
        (150_000, 150_000, 150_000, 0),
        (150_000, 200_000, 150_000, 0),
        (1_000, 500, 0, 1_000),
        (0, 500, 0, 0),
    ],
)
def test_what_comes_off_a_price(price: int, credit: int, taken: int, costs: int) -> None:
    assert credit_uses.off(price, credit, "KRW") == taken == price - costs


def test_each_reduction_has_its_line_in_the_order_it_comes_off(
    stripe: LocalStripe, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    coupons.make(cohort.study, "FRIEND10", percent=10, limit=5)
    page = buyer.post(join_url(cohort), {"apply": "1", "coupon": "FRIEND10"})
    assert shown(page) == ["₩150,000", "-₩15,000", "-₩50,000", "₩85,000"]
    assert join(buyer, cohort, coupon="FRIEND10", offer=page.context["offer"]).status_code == 303
    assert Payment.objects.get().amount == 85_000


def test_credit_for_all_of_it_gives_the_seat(cohort: Cohort, stranger: User, buyer: Client) -> None:
    give(stranger, cohort.study, 200_000)
    assert "Take my seat" in text(buyer.get(join_url(cohort)))
    assert join(buyer, cohort).status_code == 302
    assert Enrollment.objects.get(cohort=cohort, state="active").credit == 150_000
    assert unused(stranger) == 50_000
    assert not LedgerEntry.objects.exists()  # a promise is no money


def test_a_member_may_keep_it_for_another_time(
    stripe: LocalStripe, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    page = buyer.post(join_url(cohort), {"apply": "keep", "introduction": "이 말은 남아요."})
    assert "이 말은 남아요." in text(page)
    assert page.context["price"] == 150_000
    assert buyer.post(join_url(cohort), {"apply": "use", "credit": "keep"}).context["price"] == 100_000
    assert begin(buyer, cohort, credit="keep", offer=page.context["offer"]).amount == 150_000
    assert unused(given.person) == 50_000


def test_what_was_shown_is_what_is_asked(cohort: Cohort, given: Credit, buyer: Client) -> None:
    seen = buyer.get(join_url(cohort)).context["offer"]
    assert join(buyer, cohort, credit="keep", offer=seen).status_code == 409
    assert not Enrollment.objects.filter(cohort=cohort, state="held").exists()
    assert unused(given.person) == 50_000


@pytest.mark.parametrize("how", ["somebody else's", "another study", "another currency", "run out", "taken back"])
def test_it_is_not_taken_where_it_is_not_theirs(
    stripe: LocalStripe, cohort: Cohort, host: User, stranger: User, buyer: Client, how: str
) -> None:
    past = timezone.now() - datetime.timedelta(minutes=1)
    if how == "somebody else's":
        give(make_person("x", "x"), cohort.study, 50_000)
    elif how == "another study":
        other = make_study(host, slug="other")
        make_cohort(other)
        give(stranger, other, 50_000)
    elif how == "another currency":
        make_cohort(cohort.study, currency="USD")
        give(stranger, cohort.study, 5_000, currency="USD")
    elif how == "run out":
        give(stranger, cohort.study, 50_000, ends_at=past)
    else:
        row = give(stranger, cohort.study, 50_000)
        Credit.objects.filter(pk=row.pk).update(withdrawn=50_000)
    assert buyer.get(join_url(cohort)).context["credit"] == 0
    assert begin(buyer, cohort).amount == 150_000


def test_what_ends_first_is_used_first(cohort: Cohort, stranger: User) -> None:
    soon = timezone.now() + datetime.timedelta(days=3)
    for ends_at in (None, soon + datetime.timedelta(days=3), soon):
        give(stranger, cohort.study, 30_000, ends_at=ends_at)
    Price.objects.filter(cohort=cohort).update(amount=50_000)
    seats.hold(stranger, cohort, credit=True)
    assert list(Credit.objects.order_by("-pk").values_list("spent", flat=True)) == [30_000, 20_000, 0]


def go_together(*deeds: Any) -> list[Any]:
    def go(deed: Any) -> Any:
        try:
            return deed()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(go, deeds))


@pytest.mark.django_db(transaction=True)
def test_two_tabs_use_it_once(stripe: LocalStripe, cohort: Cohort, given: Credit, stranger: User) -> None:
    browsers = [sign_in(stranger) for _ in range(4)]
    go_together(*[lambda browser=browser: join(browser, cohort).status_code for browser in browsers])
    assert Enrollment.objects.get(cohort=cohort, state="held").price == 100_000
    assert Payment.objects.count() == CreditUse.objects.count() == 1
    assert_all_is_somewhere()


@pytest.mark.django_db(transaction=True)
def test_two_cohorts_at_once_never_use_one_won_twice(study: Study, cohort: Cohort, stranger: User) -> None:
    give(stranger, study, 200_000)
    runs = [cohort, *(make_later(study, 150_000) for _ in range(3))]
    go_together(*[lambda run=run: seats.hold(stranger, run, credit=True).price for run in runs])
    held = Enrollment.objects.filter(person=stranger, state="held")
    assert held.count() == 4
    assert sum(place.credit for place in held) == 200_000 == Credit.objects.get().spent
    assert_all_is_somewhere()
    for run in runs:
        assert_seats_match(run)


def test_nobody_paid_so_it_is_theirs_again_once(
    stripe: LocalStripe, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    payment = begin(buyer, cohort)
    run_out(payment)
    row = Enrollment.objects.get(payment_lines__payment=payment)
    for _ in range(2):
        seats.expire(row)
    assert unused(given.person) == 50_000
    assert not Letter.objects.filter(key__startswith="credit-returned").exists()
    assert begin(buyer, cohort).amount == 100_000
    assert_all_is_somewhere()


def test_letting_the_seat_go_gives_it_back(stripe: LocalStripe, cohort: Cohort, given: Credit, buyer: Client) -> None:
    payment = begin(buyer, cohort)
    buyer.post(reverse("checkout_give_up", args=[payment.public_id]))
    assert unused(given.person) == 50_000


def test_money_that_comes_late_uses_it_again_if_it_is_there(study: Study, cohort: Cohort, given: Credit) -> None:
    late = seats.hold(given.person, cohort, credit=True)
    seats.release(late, "expired")
    assert seats.settle(late)
    assert unused(given.person) == 0
    assert_all_is_somewhere()


def test_late_money_goes_back_when_the_credit_was_used_elsewhere(
    stripe: LocalStripe, before: int, study: Study, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    late = begin(buyer, cohort)
    stripe.pay(late.reference)
    run_out(late)
    seats.expire(Enrollment.objects.get(payment_lines__payment=late))
    seats.hold(given.person, make_later(study, 150_000), credit=True)
    checkout.look(late)
    drain()
    assert [(row.cause, row.amount, row.state) for row in Refund.objects.all()] == [("late", 100_000, "succeeded")]
    assert Credit.objects.get().spent == 50_000
    assert_books_match(stripe, cohort, before)


def test_an_offered_seat_takes_it_when_it_is_taken_up(
    stripe: LocalStripe, study: Study, stranger: User, buyer: Client
) -> None:
    cohort = make_cohort(study, capacity=1, subgroups=0)
    seated = enroll(make_person("seated", "앉은이"), cohort)
    give(stranger, study, 50_000)
    waiting.wait(stranger, cohort)
    seats.release(seated, "cancelled")
    waiting.offer(cohort)
    page = buyer.get(join_url(cohort))
    assert page.context["price"] == 100_000
    payment = begin(buyer, cohort, offer=page.context["offer"])
    assert payment.amount == 100_000
    run_out(payment)
    Enrollment.objects.filter(cohort=cohort, state="held").update(offered_until=timezone.now())
    seats.expire(Enrollment.objects.get(payment_lines__payment=payment))
    assert unused(stranger) == 50_000


def test_the_host_earns_less_and_nothing_is_booked_for_credit(
    stripe: LocalStripe, cohort: Cohort, given: Credit, buyer: Client
) -> None:
    bought(stripe, buyer, cohort)
    sold = LedgerEntry.objects.filter(transaction__cause__startswith="sale:")
    assert sorted(sold.values_list("account__kind", "amount")) == [("escrow", -100_000), ("stripe", 100_000)]
    assert balance("stripe") + balance("escrow") == 0


def test_members_see_their_credit_beside_what_they_paid(cohort: Cohort, given: Credit, buyer: Client) -> None:
    page = text(buyer.get(reverse("payments")))
    assert "₩50,000" in page
    assert given.words in page
    Credit.objects.filter(pk=given.pk).update(withdrawn=50_000)
    assert given.words not in text(buyer.get(reverse("payments")))

"""A company buys seats for its people: quoted, paid for at once, named later; never more seats than there are."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cohorts.models import Cohort, Enrollment, GroupPlan, SeatGroup, Seats
from cohorts.services import cohorts, seat_groups, seats
from payments.flows import checkout
from payments.models import Payment, Receipt, Refund
from payments.services import group_orders, payments
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.payments import companies
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    assert_seats_match,
    drain,
    hurry,
    return_url,
    run_out,
)
from tests.payments.companies import accept, ask, at, new_url, quoted, sell
from tests.people import enroll, make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def selling(host: User, cohort: Cohort) -> Cohort:
    assert sell(host, cohort).status_code == 302
    return cohort


def colleague(name: str = "colleague") -> User:
    return make_person(name, f"동료 {name}", language="en")


def state_of(*places: Enrollment) -> list[str]:
    return [Enrollment.objects.get(pk=place.pk).state for place in places]


def places(group: SeatGroup) -> list[Enrollment]:
    return list(group.places.order_by("pk"))


def letters(person: User, key: str) -> list[Letter]:
    return list(Letter.objects.filter(recipient=person, key__startswith=key))


# Asking


def test_the_landing_page_has_the_link_once_the_host_wants_it(
    host: User, cohort: Cohort, buyer: Client, django_capture_on_commit_callbacks: Any
) -> None:
    assert new_url(cohort) not in buyer.get(cohort.get_absolute_url()).content.decode()
    assert buyer.get(new_url(cohort)).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        sell(host, cohort)
    assert new_url(cohort) in buyer.get(cohort.get_absolute_url()).content.decode()
    assert buyer.get(new_url(cohort)).status_code == 200
    assert ask(buyer, cohort).status_code == 302
    sell(host, cohort, on="")
    assert buyer.get(new_url(cohort)).status_code == 404


def test_a_cohort_run_again_sells_to_companies_as_before(selling: Cohort, host: User) -> None:
    assert sign_in(host).post(reverse("studio_again", args=[selling.study.slug, selling.number])).status_code == 302
    before, after = GroupPlan.objects.order_by("cohort")
    assert (after.reduction, after.reduction_from, after.on) == (before.reduction, 3, True)


def test_a_quote_says_who_how_many_and_what_it_costs(selling: Cohort, buyer: Client, stranger: User) -> None:
    group = quoted(buyer, selling)
    assert (group.size, group.price, group.amount, group.state) == (3, 135_000, 405_000, "quoted")
    assert (group.business_number, group.buyer, group.policy) == ("1248100998", stranger, selling.policy)
    page = buyer.get(group.get_absolute_url()).content.decode()
    for shown in (group.number, "한빛상회", "124-81-00998", "₩135,000", "₩405,000", "Accept and pay"):
        assert shown in page
    assert datetime.timedelta(days=13) < group.good_until - timezone.now() <= datetime.timedelta(days=14)
    assert not selling.enrollments.filter(group=group).exists()
    assert_seats_match(selling)


def test_the_quote_speaks_the_language_asked_for(selling: Cohort, buyer: Client) -> None:
    for language, word in (("ko", "견적서 Q-"), ("en", "Quote Q-")):
        assert word in buyer.get(quoted(buyer, selling, language=language).get_absolute_url()).content.decode()


@pytest.mark.parametrize(("size", "each"), [("2", 150_000), ("3", 135_000), ("6", 135_000)])
def test_the_reduction_holds_from_so_many_seats_on(selling: Cohort, buyer: Client, size: str, each: int) -> None:
    assert quoted(buyer, selling, size=size).price == each


def test_an_early_price_and_a_coupon_stay_out_of_it(selling: Cohort, buyer: Client) -> None:
    selling.prices.create(kind="early_bird", amount=100_000, until=selling.closes_at)
    assert quoted(buyer, selling, coupon="HALF").price == 135_000


def test_a_cohort_that_has_begun_costs_the_sessions_still_to_come(selling: Cohort, buyer: Client) -> None:
    Cohort.objects.filter(pk=selling.pk).update(closes_at=timezone.now() + datetime.timedelta(days=90))
    first = selling.sessions.order_by("starts_at")[0]
    with time_machine.travel(first.starts_at + datetime.timedelta(days=1)):
        assert quoted(buyer, selling).price == 101_250  # three quarters of 150,000, less 10 %


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"business_number": "124-81-00999"}, "no business number"),
        ({"business_number": "12345"}, "no business number"),
        ({"size": "1"}, "greater than or equal to 2"),
        ({"size": "7"}, "less than or equal to 6"),
        ({"company": ""}, "required"),
        ({"company": "<b>"}, "Letters, digits"),
        ({"contact_email": "no"}, "valid email"),
        ({"language": "xx"}, "valid choice"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    selling: Cohort, stranger: User, more: dict[str, str], field: str
) -> None:
    browser = sign_in(stranger)
    answer = browser.post(new_url(selling), {**companies.ASKED, **more}, headers={"accept-language": "en"})
    assert answer.status_code == 422
    assert not SeatGroup.objects.exists()


def test_no_business_number_is_needed(selling: Cohort, buyer: Client) -> None:
    assert quoted(buyer, selling, business_number="").business_shown == ""


def test_who_has_no_account_makes_one_and_what_was_typed_stays(selling: Cohort, stranger: User) -> None:
    browser = Client()
    answer = ask(browser, selling)
    assert answer.headers["Location"].startswith(reverse("account_signup"))
    assert not SeatGroup.objects.exists()
    browser.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    assert "한빛상회" in browser.get(new_url(selling)).content.decode()


def test_a_free_cohort_and_one_that_is_closed_sell_none(host: User, cohort: Cohort, buyer: Client) -> None:
    free = make_cohort(cohort.study, amount=0)
    sell(host, free)
    assert buyer.get(new_url(free)).status_code == 404
    sell(host, cohort)
    cohorts.close(host, cohort)
    assert buyer.get(new_url(cohort)).status_code == 404


@pytest.mark.parametrize(
    ("change", "size", "says"),
    [({"on": False}, 3, "sells no seats"), ({"state": "closed"}, 3, "sells no seats"), ({}, 7, "not that many seats")],
    ids=["off", "closed", "too many"],
)
def test_what_the_page_offered_is_looked_at_again(
    selling: Cohort, stranger: User, change: dict[str, Any], size: int, says: str
) -> None:
    if change:
        (GroupPlan if "on" in change else Cohort).objects.update(**change)
    told = {name: value for name, value in companies.ASKED.items() if name != "size"}
    with translation.override("en"), pytest.raises(Refused, match=says):
        seat_groups.quote(stranger, selling, size=size, **told)
    assert not SeatGroup.objects.exists()


def test_only_the_buyer_sees_the_quote(selling: Cohort, buyer: Client, member: User) -> None:
    group = quoted(buyer, selling)
    for name in ("seat_group_accept", "seat_group_people", "seat_group_link"):
        assert sign_in(member).post(at(name, group)).status_code == 404
    assert sign_in(member).get(group.get_absolute_url()).status_code == 404
    assert Client().get(group.get_absolute_url()).status_code == 302


# Accepting and paying


def test_all_seats_are_held_at_once_and_paid_by_one_payment(
    selling: Cohort, buyer: Client, stripe: LocalStripe, before: int
) -> None:
    group = quoted(buyer, selling)
    payment = accept(buyer, group)
    assert [place.state for place in places(group)] == ["held"] * 3
    assert [line.amount for line in payment.lines.all()] == [135_000] * 3
    assert payment.amount == 405_000
    assert Seats.objects.get(cohort=selling).taken == 3
    assert accept(buyer, group) == payment
    stripe.pay(payment.reference or "")
    assert buyer.get(return_url(payment)).headers["Location"] == group.get_absolute_url()
    group.refresh_from_db()
    assert group.state == "paid"
    assert [(place.state, place.person_id) for place in places(group)] == [("reserved", None)] * 3
    assert Receipt.objects.get().payment == payment
    assert_books_match(stripe, selling, before)
    assert len(letters(group.buyer, "group-paid:")) == 1


def test_a_quote_that_ran_out_is_not_accepted(selling: Cohort, buyer: Client) -> None:
    group = quoted(buyer, selling)
    SeatGroup.objects.update(good_until=timezone.now())
    assert buyer.post(at("seat_group_accept", group)).status_code == 302
    assert not group.places.exists()
    assert_seats_match(selling)


@pytest.mark.parametrize("how", ["", "invoice", "card"])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"state": "closed"}, "not taking members now"),
        ({}, "has run out"),
    ],
)
def test_what_is_not_taken_in_time_is_not_taken(
    selling: Cohort, host: User, buyer: Client, how: str, change: dict[str, str], says: str
) -> None:
    sell(host, selling, invoice_days="20")
    group = quoted(buyer, selling)
    if change:
        Cohort.objects.update(**change)
    else:
        SeatGroup.objects.update(good_until=timezone.now())
    answer = buyer.post(at("seat_group_accept", group), {"how": how}, follow=True).content.decode()
    assert (says if how != "card" else "Nothing is to be paid here") in answer
    assert not group.places.exists()


@pytest.mark.parametrize("how", ["", "invoice"])
def test_a_quote_that_was_taken_is_not_taken_again(
    selling: Cohort, host: User, buyer: Client, stripe: LocalStripe, how: str
) -> None:
    sell(host, selling, invoice_days="20")
    group = companies.bought(buyer, selling, stripe)
    answer = buyer.post(at("seat_group_accept", group), {"how": how}, follow=True).content.decode()
    assert "This quote has been accepted already" in answer
    assert group.places.count() == 3


def test_a_price_changed_since_does_not_touch_a_quote(selling: Cohort, host: User, buyer: Client) -> None:
    group = quoted(buyer, selling)
    selling.prices.update(amount=200_000)
    sell(host, selling, reduction="0")
    assert group_orders.accept(group.buyer, group).amount == 405_000


def test_a_quote_is_accepted_whole_or_not_at_all(selling: Cohort, buyer: Client, member: User) -> None:
    group = quoted(buyer, selling, size="6")
    assert buyer.post(at("seat_group_accept", group)).status_code == 302
    page = buyer.get(group.get_absolute_url()).content.decode()
    assert "5 seats are free right now" in page
    assert not group.places.exists()
    assert not Payment.objects.exists()
    assert_seats_match(selling)


def test_a_page_nobody_paid_frees_all_seats_and_the_quote_stands_again(
    selling: Cohort, buyer: Client, stripe: LocalStripe
) -> None:
    group = quoted(buyer, selling)
    first = accept(buyer, group)
    run_out(first)
    drain("drain_payments")
    queue.drain("cohorts.drain_holds")
    group.refresh_from_db()
    assert group.state == "quoted"
    assert state_of(*places(group)) == ["expired"] * 3
    assert Seats.objects.get(cohort=selling).taken == 0
    again = accept(buyer, group)
    assert again != first
    stripe.pay(again.reference or "")
    hurry()
    drain("drain_payments")
    assert sorted(place.state for place in places(group)) == ["expired"] * 3 + ["reserved"] * 3
    assert_seats_match(selling)


@pytest.mark.parametrize(
    ("others", "state", "outcome"),
    [(0, "open", "reserved"), (0, "closed", "reserved"), (0, "finished", "expired"), (4, "open", "expired")],
)
def test_late_money_takes_all_seats_or_goes_back(
    selling: Cohort, buyer: Client, stripe: LocalStripe, before: int, others: int, state: str, outcome: str
) -> None:
    group = quoted(buyer, selling)
    payment = accept(buyer, group)
    for place in places(group):
        seats.lapse(place)
    for number in range(others):
        enroll(make_person(f"other-{number}", f"사람 {number}"), selling)
    Cohort.objects.update(state=state)
    stripe.pay(payment.reference or "")
    hurry()
    drain()
    assert state_of(*places(group)) == [outcome] * 3
    assert Refund.objects.count() == (3 if outcome == "expired" else 0)
    assert len(letters(group.buyer, "group-no-seats:")) == (1 if outcome == "expired" else 0)
    assert_books_match(stripe, selling, before)


def test_money_after_the_last_session_was_shared_goes_back(
    selling: Cohort, buyer: Client, stripe: LocalStripe, before: int
) -> None:
    payment = accept(buyer, quoted(buyer, selling))
    selling.sessions.update(released_at=timezone.now())
    stripe.pay(payment.reference or "")
    hurry()
    drain()
    assert list(Refund.objects.values_list("cause", "state")) == [("late", "succeeded")] * 3
    assert_books_match(stripe, selling, before)


def test_late_money_for_seats_the_company_has_by_invoice_goes_back(
    selling: Cohort, host: User, buyer: Client, stripe: LocalStripe, before: int
) -> None:
    sell(host, selling, invoice_days="20")
    group = quoted(buyer, selling)
    late = accept(buyer, group)
    payments.end(late, "expired")
    buyer.post(at("seat_group_accept", group), {"how": "invoice"})
    stripe.pay(late.reference or "")
    checkout.look(late)
    hurry()
    drain()
    group.refresh_from_db()
    assert group.state == "invoiced"
    assert sorted(state_of(*places(group))) == ["expired"] * 3 + ["reserved"] * 3
    assert list(Refund.objects.values_list("amount", "state")) == [(135_000, "succeeded")] * 3
    assert Payment.objects.get(provider="invoice").state == "open"
    assert_books_match(stripe, selling, before)

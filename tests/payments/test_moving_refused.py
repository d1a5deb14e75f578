"""Moving to a later cohort: what is no choice, what has changed, who is in the middle of something else."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Price, Seats, Study
from cohorts.services import seats, waiting
from payments.flows import checkout
from payments.models import Payment
from payments.services import kindness, leaving, moving
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from tests.cohorts.hosting import english
from tests.payments.buying import LocalStripe, assert_books_match, assert_seats_match, begin
from tests.payments.disputing import hear
from tests.payments.test_moving import address, here, make_later, plain, press
from tests.people import enroll, make_cohort, make_person, sign_in
from tests.racing import in_turn

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> Enrollment:
    """Somebody who has paid 150,000 won."""
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    checkout.look(payment)
    return Enrollment.objects.get(payment_lines__payment=payment)


@pytest.fixture
def later(study: Study, cohort: Cohort) -> Cohort:
    return make_later(study, 150_000)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_one_seat_and_one_payment(
    place: Enrollment, study: Study, cohort: Cohort, buyer: Client
) -> None:
    later = make_later(study, 200_000)
    asked = {"to": later.number, "seen": moving.quote(place, later).word}
    pages: list[str] = []
    in_turn(*[lambda: pages.append(sign_in(place.person).post(address(place), asked).headers["Location"])] * 2)
    difference = Payment.objects.get(lines__enrollment__moved_from=place)
    assert (difference.amount, pages) == (50_000, [difference.address] * 2)
    for one in (cohort, later):
        assert_seats_match(one)


def test_a_seat_whose_money_a_bank_has_taken_does_not_move_until_it_is_back(
    stripe: LocalStripe, before: int, place: Enrollment, later: Cohort, buyer: Client, host: User
) -> None:
    dispute = stripe.dispute(Payment.objects.get().intent, amount=1)
    hear(stripe, dispute)
    hosts = reverse("member_move", args=[place.public_id])
    for page in (buyer.get(address(place)), english(host).get(hosts)):  # nothing is promised that is refused then
        assert "Its seat cannot move" in plain(page)
        assert 'name="seen"' not in plain(page)
    answer = press(buyer, place, later)
    assert (answer.status_code, "Its seat cannot move" in plain(answer)) == (409, True)
    assert here(place, place.cohort)
    stripe.decide(dispute, "win")
    hear(stripe, dispute)
    assert "Its seat cannot move" not in plain(buyer.get(address(place)))
    press(buyer, place, later)
    assert here(place, later)
    assert_books_match(stripe, later, before)


def test_another_move_than_was_shown_is_never_made(place: Enrollment, later: Cohort, buyer: Client) -> None:
    seen = moving.quote(place, later).word
    Price.objects.filter(cohort=later).update(amount=151_000)
    answer = buyer.post(address(place), {"to": later.number, "seen": seen})
    assert answer.status_code == 409
    assert "has just changed" in plain(answer)
    assert here(place, place.cohort)
    assert_seats_match(later)


def test_a_host_does_not_make_another_move_than_was_shown(place: Enrollment, later: Cohort, host: User) -> None:
    seen = moving.quote(place, later, waived=True).word
    kindness.give(host, place, 10_000, reason="미안해요.", key="abcdefghjk")
    answer = english(host).post(reverse("member_move", args=[place.public_id]), {"to": later.number, "seen": seen})
    assert answer.status_code == 409
    assert "has just changed" in plain(answer)
    assert here(place, place.cohort)


@pytest.mark.parametrize("state", ["closed", "draft", "called_off", "finished"])
def test_only_an_open_cohort_can_be_moved_to(place: Enrollment, later: Cohort, buyer: Client, state: str) -> None:
    seen = moving.quote(place, later).word
    Cohort.objects.filter(pk=later.pk).update(state=state)
    assert buyer.post(address(place), {"to": later.number, "seen": seen}).status_code == 200
    assert here(place, place.cohort)
    assert "is open yet" in plain(buyer.get(address(place)))


def test_an_earlier_cohort_and_another_studys_are_no_choice(
    place: Enrollment, later: Cohort, other_host: User, buyer: Client
) -> None:
    soon = timezone.now() + datetime.timedelta(days=7)
    make_cohort(place.cohort.study, starts_on=soon.date(), closes_at=soon)
    assert [cohort.pk for cohort in moving.later(place)] == [later.pk]


@pytest.mark.parametrize(("days", "currency"), [(-7, "KRW"), (90, "USD")])
def test_the_verbs_refuse_an_earlier_cohort_and_one_in_another_currency_whoever_asks(
    place: Enrollment, study: Study, host: User, days: int, currency: str
) -> None:
    day = place.cohort.starts_on + datetime.timedelta(days=days)
    other = make_cohort(study, amount=150_000, starts_on=day, currency=currency)
    seen = moving.quote(place, other).word
    with pytest.raises(Refused) as refused:
        moving.move(place.person, place, other, seen=seen)
    assert refused.value.code == "closed"
    with pytest.raises(Refused):
        moving.move_for(host, place, other, seen=seen, whole=False)
    assert here(place, place.cohort)


@pytest.mark.parametrize("paying_for", ["a seat there", "a move elsewhere"])
def test_who_pays_for_another_seat_right_now_ends_that_first(
    place: Enrollment, study: Study, buyer: Client, paying_for: str
) -> None:
    dearer, other = make_later(study, 180_000), make_later(study, 150_000)
    if paying_for == "a seat there":
        begin(buyer, other)
    else:
        press(buyer, place, dearer)
    with pytest.raises(Refused) as refused:
        moving.move(place.person, place, other, seen=moving.quote(place, other).word)
    assert refused.value.code == "paying"
    assert here(place, place.cohort)
    assert_seats_match(other)


def test_who_has_left_has_nothing_to_move(place: Enrollment, later: Cohort) -> None:
    seen = moving.quote(place, later).word
    leaving.leave(place.person, place, seen=150_000)
    with pytest.raises(Refused) as refused:
        moving.move(place.person, place, later, seen=seen)
    assert refused.value.code == "gone"
    assert_seats_match(later)


def test_a_difference_below_the_least_price_is_not_asked_for(place: Enrollment, study: Study, buyer: Client) -> None:
    """Nobody can pay 999 won at Stripe."""
    press(buyer, place, make_later(study, 150_999))
    assert not here(place, place.cohort)
    assert Payment.objects.count() == 1


def test_the_price_an_offered_seat_was_promised_holds(place: Enrollment, later: Cohort) -> None:
    Seats.objects.filter(cohort=later).update(capacity=1)
    first = enroll(make_person("first", "첫째"), later)
    waiting.wait(place.person, later)
    seats.release(first, Enrollment.State.CANCELLED)
    queue.drain("cohorts.drain_offers")
    Price.objects.filter(cohort=later).update(amount=190_000)
    assert later.enrollments.get(person=place.person).state == "offered"
    assert moving.quote(place, later).price == 150_000

"""Moving to a later cohort: what the rule gives comes along, a difference is paid or comes back, seats stay exact."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Membership, Presentation, Price, Seats, Session, Study, Subgroup
from cohorts.services import presentations, waiting
from payments.flows import checkout
from payments.models import LedgerEntry, Payment, PaymentLine, Refund, StripeEvent
from payments.services import kindness, leaving, moving, releases, seat_money
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import shut_out
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    assert_seats_match,
    balance,
    begin,
    deliver,
    drain,
    hurry,
    run_out,
)
from tests.payments.disputing import hear
from tests.people import enroll, make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> Enrollment:
    """Somebody who has paid 150,000 won, and sits in the first group."""
    payment = begin(buyer, cohort, subgroup=cohort.subgroups.first().pk)
    stripe.pay(payment.reference)
    checkout.look(payment)
    return Enrollment.objects.get(payment_lines__payment=payment)


def make_later(study: Study, amount: int, **more: Any) -> Cohort:
    """An open cohort of the study that begins in three months."""
    day = timezone.now() + datetime.timedelta(days=90)
    return make_cohort(study, amount=amount, starts_on=day.date(), closes_at=day, **more)


@pytest.fixture
def later(study: Study, cohort: Cohort) -> Cohort:
    return make_later(study, 150_000)


def plain(answer: Any) -> str:
    """The words of a page, as they are read."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def address(place: Enrollment) -> str:
    return reverse("move", args=[place.cohort.study.slug, place.cohort.number])


def press(browser: Client, place: Enrollment, to: Cohort, **more: Any) -> Any:
    """Press "Move", as the page was just shown."""
    seen = moving.quote(place, to).word
    return browser.post(address(place), {"to": to.number, "seen": seen, **more})


def host_press(host: User, place: Enrollment, to: Cohort, *, whole: bool) -> Any:
    seen = moving.quote(place, to, whole=whole, waived=True).word
    asked = {"to": to.number, "seen": seen, **({"whole": "on"} if whole else {})}
    return sign_in(host).post(reverse("member_move", args=[place.public_id]), asked)


def held_for(cohort: Cohort) -> int:
    """What the escrow of a cohort holds, in won."""
    entries = LedgerEntry.objects.filter(account__kind="escrow", account__cohort=cohort)
    return -sum(entries.values_list("amount", flat=True))


def here(place: Enrollment, cohort: Cohort) -> Enrollment | None:
    return Enrollment.objects.filter(person=place.person, cohort=cohort, state="active").first()


def after_session(cohort: Cohort, count: int) -> datetime.datetime:
    """The moment after so many sessions have ended, and been shared."""
    starts = Session.objects.filter(cohort=cohort, subgroup=None).order_by("starts_at")
    return starts[count - 1].starts_at + datetime.timedelta(hours=3)


def test_the_page_shows_what_comes_along_before_anything_happens(
    place: Enrollment, later: Cohort, buyer: Client
) -> None:
    page = plain(buyer.get(address(place)))
    for words in ("Comes along ₩150,000", "Still to pay ₩0", "Your place in", "Move to cohort 2"):
        assert words in page
    assert here(place, place.cohort)


def test_before_the_first_session_everything_comes_along(
    stripe: LocalStripe, before: int, place: Enrollment, later: Cohort, buyer: Client
) -> None:
    turn = presentations.claim(place.person, place.cohort.sessions.filter(subgroup=None).first())
    group = later.subgroups.first()
    answer = press(buyer, place, later, subgroup=group.pk)
    assert answer.headers["Location"] == reverse("space", args=[later.study.slug, later.number])
    new = here(place, later)
    assert new
    assert new.moved_from == place
    assert (new.price, seat_money.room(new)) == (150_000, 150_000)
    assert (held_for(place.cohort), held_for(later)) == (0, 150_000)
    assert not here(place, place.cohort)
    assert Presentation.objects.get(pk=turn.pk).state == "passed"
    assert Membership.objects.get(until=None).subgroup == group
    assert Subgroup.objects.get(pk=place.cohort.subgroups.first().pk).taken == 0
    assert not Refund.objects.exists()
    assert sum(PaymentLine.objects.values_list("amount", flat=True)) == Payment.objects.get().amount
    assert_books_match(stripe, later, before)
    assert_seats_match(place.cohort)


def test_after_two_of_four_sessions_half_comes_along_and_the_rest_stays_for_who_held_them(
    stripe: LocalStripe, before: int, place: Enrollment, study: Study, host: User
) -> None:
    later = make_later(study, 60_000)
    with time_machine.travel(after_session(place.cohort, 2), tick=False):
        for session in list(releases.due().order_by("starts_at")):
            releases.release(session)
        press(sign_in(place.person), place, later)
        new = here(place, later)
        assert new
        assert seat_money.room(new) == 60_000
        assert Refund.objects.get().amount == 15_000  # 75,000 come along, the seat costs 60,000
        assert held_for(later) == 60_000
        assert held_for(place.cohort) == 0  # 75,000 were still there: 15,000 go back, 60,000 came along
        drain()
    assert balance("paying") == 0
    assert_books_match(stripe, later, before)
    letter = Letter.objects.get(key=f"moved:{new.pk}")
    assert "₩60,000" in letter.text
    assert "₩15,000" in letter.text


def test_who_leaves_the_later_cohort_gets_back_what_paid_for_it(
    stripe: LocalStripe, before: int, place: Enrollment, later: Cohort, buyer: Client
) -> None:
    press(buyer, place, later)
    new = here(place, later)
    assert new
    assert leaving.quote(new).amount == 150_000
    leaving.leave(place.person, new, seen=150_000)
    hurry()
    drain()
    assert balance("paying") == 0
    assert held_for(later) == 0
    assert_books_match(stripe, later, before)


def test_a_dearer_seat_is_given_once_the_difference_is_paid(
    stripe: LocalStripe, before: int, place: Enrollment, study: Study, buyer: Client
) -> None:
    later = make_later(study, 180_000)
    answer = press(buyer, place, later)
    payment = Payment.objects.get(address=answer.url)
    assert payment.amount == 30_000
    assert here(place, place.cohort)  # the old seat stays until then
    assert press(buyer, place, later).headers["Location"] == reverse("checkout_return", args=[payment.public_id])
    stripe.pay(payment.reference)
    for _ in range(2):
        checkout.look(Payment.objects.get(pk=payment.pk))
    new = here(place, later)
    assert new
    assert (new.price, seat_money.room(new), leaving.quote(new).amount) == (180_000, 180_000, 180_000)
    assert not here(place, place.cohort)
    assert_books_match(stripe, later, before)
    assert_seats_match(place.cohort)
    assert Letter.objects.filter(key__startswith="moved:").count() == 1
    assert not Letter.objects.filter(key=f"joined:{payment.pk}").exists()
    assert buyer.get(reverse("checkout_return", args=[payment.public_id])).status_code == 200
    leaving.leave(place.person, new, seen=180_000)  # both payments give back their part
    hurry()
    drain()
    assert sorted(Refund.objects.values_list("amount", "state")) == [(30_000, "succeeded"), (150_000, "succeeded")]
    assert_books_match(stripe, later, before)


def test_what_comes_back_of_a_move_is_made_by_hand_when_a_bank_has_a_part_of_the_payment(
    stripe: LocalStripe, before: int, place: Enrollment, study: Study
) -> None:
    """Stripe sends nothing back of a payment a bank has taken any of, whichever of its seats that part was for."""
    later = make_later(study, 100_000)
    payment = Payment.objects.get()
    dispute = stripe.dispute(payment.intent, amount=1)
    press(sign_in(place.person), place, later)
    assert Refund.objects.get().amount == 50_000
    for last in ("answer", "lose"):
        stripe.decide(dispute, last)
        hear(stripe, dispute)
    assert Refund.objects.get(state="manual").amount == 50_000
    assert sorted(PaymentLine.objects.values_list("disputed", flat=True)) == [0, 1]
    assert_books_match(stripe, later, before)


@pytest.mark.parametrize("parts", [[150_000], [120_000], [30_000, 120_000]])
def test_money_given_back_at_stripe_takes_the_place_of_what_is_owed_of_the_seat_left(
    stripe: LocalStripe, before: int, place: Enrollment, study: Study, parts: list[int]
) -> None:
    """Of 150,000 won 50,000 are owed of the old seat and not sent yet, when somebody at Stripe gives back more than
    the new seat cost."""
    later = make_later(study, 100_000)
    press(sign_in(place.person), place, later)
    payment = Payment.objects.get()
    for part in parts:
        stripe.api.v1.refunds.create(params={"payment_intent": payment.intent, "amount": part})
        for event in stripe.events_about(payment.intent):
            assert deliver(event) == 200
        drain("drain_events")
    for _ in range(2):
        hurry()
        drain()
    sent = Refund.objects.filter(state="succeeded")
    assert sum(sent.values_list("amount", flat=True)) == 150_000
    assert sum(PaymentLine.objects.values_list("refunded", flat=True)) == 150_000
    assert not here(place, later)
    assert not StripeEvent.objects.filter(done_at=None).exists()
    assert balance("paying") == 0
    assert_books_match(stripe, later, before)


def test_a_difference_nobody_pays_leaves_everything_as_it_was(
    stripe: LocalStripe, before: int, place: Enrollment, study: Study, buyer: Client
) -> None:
    later = make_later(study, 180_000)
    press(buyer, place, later)
    run_out(Payment.objects.get(amount=30_000))
    drain()
    assert here(place, place.cohort)
    assert Seats.objects.get(cohort=later).taken == 0
    assert held_for(later) == 0
    assert press(buyer, place, later).status_code == 303  # and can be tried again


def test_money_for_a_move_from_a_place_left_meanwhile_goes_back(
    stripe: LocalStripe, before: int, place: Enrollment, study: Study, buyer: Client
) -> None:
    later = make_later(study, 180_000)
    payment = Payment.objects.get(address=press(buyer, place, later).url)
    leaving.leave(place.person, Enrollment.objects.get(pk=place.pk), seen=150_000)
    stripe.pay(payment.reference)
    checkout.look(payment)
    hurry()
    drain()
    assert not here(place, later)
    assert sorted(Refund.objects.values_list("amount", "cause")) == [(30_000, "not_moved"), (150_000, "left")]
    assert "could not be made" in Letter.objects.get(key__startswith="refund_owed:").text
    assert_books_match(stripe, later, before)
    assert_seats_match(place.cohort)


def test_who_waits_for_a_seat_is_not_overtaken(place: Enrollment, study: Study, buyer: Client, member: User) -> None:
    later = make_later(study, 150_000, capacity=1)
    enroll(make_person("first", "먼저"), later)
    waiting.wait(member, later)
    assert press(buyer, place, later).status_code == 409
    assert here(place, place.cohort)
    assert_seats_match(later)


@pytest.mark.django_db(transaction=True)
def test_twenty_move_into_three_seats_and_nobody_is_lost(study: Study, cohort: Cohort) -> None:
    Seats.objects.filter(cohort=cohort).update(capacity=30)
    later = make_later(study, 0, capacity=3)
    Price.objects.filter(cohort=cohort).update(amount=0)
    places = [enroll(make_person(f"mover-{n}", f"이동 {n}"), cohort) for n in range(20)]

    def go(place: Enrollment) -> int:
        try:
            return int(press(sign_in(place.person), place, later).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(go, places))
    assert answers.count(302) == 3
    for one in (cohort, later):
        assert_seats_match(one)
    assert Enrollment.objects.filter(cohort=later, state="active").count() == 3
    assert Enrollment.objects.filter(cohort=cohort, state="active").count() == 17


@pytest.mark.django_db(transaction=True)
def test_one_place_goes_on_to_one_cohort_from_two_windows(
    place: Enrollment, later: Cohort, study: Study, cohort: Cohort
) -> None:
    day = timezone.now() + datetime.timedelta(days=180)
    third = make_cohort(study, starts_on=day.date(), closes_at=day)
    seen = {to: moving.quote(place, to).word for to in (later, third)}

    def go(to: Cohort) -> int:
        try:
            answer = sign_in(place.person).post(address(place), {"to": to.number, "seen": seen[to]})
            return int(answer.status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(go, [later, third, later, third]))
    assert answers.count(302) == 1
    assert Enrollment.objects.filter(person=place.person, state="active").count() == 1
    assert sum(PaymentLine.objects.values_list("amount", flat=True)) == 150_000
    for one in (cohort, later, third):
        assert_seats_match(one)


def test_a_host_moves_a_member_with_everything_or_by_the_rule(
    stripe: LocalStripe, before: int, place: Enrollment, study: Study, host: User
) -> None:
    later = make_later(study, 180_000)
    with time_machine.travel(after_session(place.cohort, 1), tick=False):
        for session in list(releases.due()):
            releases.release(session)
        page = plain(sign_in(host).get(reverse("member_move", args=[place.public_id])))
        assert "112,500" in page
        assert "37,500" in page
        assert host_press(host, place, later, whole=True).status_code == 302
    new = here(place, later)
    assert new
    assert (new.price, seat_money.room(new)) == (150_000, 150_000)
    assert held_for(later) == 150_000
    assert_books_match(stripe, later, before)
    assert Payment.objects.count() == 1  # nothing was asked of the member


def test_only_the_host_moves_a_member(place: Enrollment, later: Cohort, member: User, other_host: User) -> None:
    shut_out(reverse("member_move", args=[place.public_id]), [member, other_host])


def test_the_partner_of_the_group_left_is_told(place: Enrollment, later: Cohort, buyer: Client, partner: User) -> None:
    press(buyer, place, later)
    letter = Letter.objects.get(recipient=partner, kind="member_left")
    assert "cohort 2" in letter.text or "2기" in letter.text


def test_what_a_host_gave_back_does_not_come_along(place: Enrollment, later: Cohort, host: User, buyer: Client) -> None:
    kindness.give(host, place, 50_000, reason="미안해요.", key="abcdefghjk")
    move = moving.quote(place, later)
    assert (move.along, move.due) == (100_000, 50_000)


def test_money_given_back_at_stripe_finds_the_seat_it_paid_for(
    stripe: LocalStripe, before: int, place: Enrollment, study: Study, buyer: Client
) -> None:
    """Half stays with the earlier cohort, half came along; then all of the payment goes back by hand at Stripe."""
    later = make_later(study, 75_000)
    with time_machine.travel(after_session(place.cohort, 2), tick=False):
        for session in list(releases.due().order_by("starts_at")):
            releases.release(session)
        press(sign_in(place.person), place, later)
        new = here(place, later)
        payment = Payment.objects.get()
        stripe.api.v1.refunds.create(params={"payment_intent": payment.intent})
        for event in stripe.events_about(payment.intent):
            deliver(event)
        drain("drain_events")
    assert new
    assert Enrollment.objects.get(pk=new.pk).state == "cancelled"
    assert [refund.amount for refund in Refund.objects.all()] == [150_000]
    assert_books_match(stripe, later, before)

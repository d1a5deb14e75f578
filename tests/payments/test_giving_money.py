"""The money of a seat that was given: shared as before, and what comes back goes to who paid."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Session, Study
from payments.flows import checkout, refunds
from payments.models import LedgerEntry, PaymentLine, Refund
from payments.services import evidence, kindness, leaving, moving, releases
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    balance,
    begin,
    drain,
    hurry,
    return_url,
)
from tests.payments.giving import answer, here, leave_soon, letter, offered, plain
from tests.people import make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> Enrollment:
    """Somebody who has paid 150,000 won, and sits in the first group."""
    payment = begin(buyer, cohort, subgroup=cohort.subgroups.first().pk)
    stripe.pay(payment.reference)
    checkout.look(payment)
    return Enrollment.objects.get(payment_lines__payment=payment)


@pytest.fixture
def friend(db: None) -> User:
    return make_person("friend", "지우")


def test_what_comes_back_goes_to_who_paid_and_both_are_told(
    stripe: LocalStripe, before: int, place: Enrollment, friend: User
) -> None:
    with time_machine.travel(Session.objects.filter(cohort=place.cohort).order_by("pk")[1].ends_at, tick=False):
        for session in list(releases.due().order_by("starts_at")):
            releases.release(session)
        assert answer(offered(place), friend).status_code == 302
        new = here(friend, place)
        assert new
        page = plain(sign_in(friend).get(reverse("leave", args=[place.cohort.study.slug, 1])))
        assert "75,000" in page
        assert place.person.name in page
        leave_soon(new)
    refund = Refund.objects.get()
    assert (refund.amount, refund.state, refund.line.payment.buyer) == (75_000, "succeeded", place.person)
    assert friend.name in letter("refund_owed").text
    assert letter("refund_owed").recipient == place.person
    assert place.person.name in Letter.objects.get(key__startswith="left:").text
    assert balance("paying") == 0
    assert_books_match(stripe, place.cohort, before)


def test_sessions_are_shared_as_if_nothing_had_happened(
    stripe: LocalStripe, before: int, place: Enrollment, friend: User, partner: User
) -> None:
    """The partner of the group is paid for the session before, that in the middle of which it went over, and after."""
    first = place.cohort.sessions.filter(subgroup=None).first()
    with time_machine.travel(first.starts_at + datetime.timedelta(minutes=10), tick=False):
        assert answer(offered(place), friend).status_code == 302
    with time_machine.travel(Session.objects.order_by("starts_at").last().ends_at, tick=False):
        drain("drain_releases")
    assert (balance("escrow"), balance("platform")) == (0, -14_476)
    shared = LedgerEntry.objects.filter(account__kind="payable", account__person=partner)
    assert sorted(-entry.amount for entry in shared) == [7_237, 7_237, 7_238, 7_238]  # 20 % of each session
    assert_books_match(stripe, place.cohort, before)


def test_the_payers_page_says_whose_seat_it_is(place: Enrollment, friend: User, buyer: Client) -> None:
    payment = PaymentLine.objects.get().payment
    assert "you are in" in plain(buyer.get(return_url(payment)))
    answer(offered(place), friend)
    assert f"You gave this seat to {friend.name}" in plain(buyer.get(return_url(payment)))
    buyer.post(return_url(payment), {"introduction": "아직 여기예요."})
    assert not Enrollment.objects.filter(introduction="아직 여기예요.").exists()
    assert buyer.get(reverse("receipt", args=[payment.public_id])).status_code == 200


def test_a_cohort_called_off_pays_back_who_paid(
    stripe: LocalStripe, before: int, place: Enrollment, friend: User
) -> None:
    answer(offered(place), friend)
    Cohort.objects.filter(pk=place.cohort_id).update(state="called_off", called_off_at=timezone.now())
    refunds.pay_back(Cohort.objects.get(pk=place.cohort_id))
    hurry()
    drain()
    assert Refund.objects.get().line.payment.buyer == place.person
    assert letter("refund_owed").recipient == place.person
    assert not here(friend, place)
    assert_books_match(stripe, place.cohort, before)


def test_a_given_seat_moves_and_is_given_again(place: Enrollment, friend: User, study: Study) -> None:
    day = timezone.now() + datetime.timedelta(days=90)
    later = make_cohort(study, amount=100_000, starts_on=day.date(), closes_at=day)
    answer(offered(place), friend)
    third = make_person("third", "셋째")
    new = here(friend, place)
    assert new
    answer(offered(new, third.email), third)
    last = here(third, place)
    assert last
    assert last.given_by == place.person
    moving.move(third, last, later, seen=moving.quote(last, later).word)
    assert Refund.objects.get().line.payment.buyer == place.person
    assert letter("refund_owed").recipient == place.person


def test_what_a_host_gave_back_is_less_for_who_takes_it(place: Enrollment, friend: User, host: User) -> None:
    kindness.give(host, place, 50_000, reason="미안해요.", key="abcdefghjk")
    answer(offered(place), friend)
    new = here(friend, place)
    assert new
    assert leaving.quote(new).amount == 100_000


def test_evidence_for_a_bank_tells_of_the_gift(place: Enrollment, friend: User) -> None:
    payment = PaymentLine.objects.get().payment
    answer(offered(place), friend)
    found = evidence.facts(payment)
    assert any(friend.name in value for _name, value in found)
    assert [value for _name, value in found if value.startswith(str(payment.buyer))]

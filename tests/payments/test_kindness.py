"""Money a host gives back: shown before, borne by what still waits and then by the host, once for each intent."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Enrollment
from payments.flows import checkout
from payments.models import PaymentLine, Refund
from payments.services import releases
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import shut_out, text
from tests.payments.buying import LocalStripe, assert_books_match, assert_seats_match, balance, begin, drain
from tests.people import sign_in

pytestmark = pytest.mark.django_db
ASKED = {"amount": "30,000", "reason": "두 번째 모임이 늦게 시작해서 미안해요.", "key": "abcdefghjk"}


@pytest.fixture
def place(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> Enrollment:
    """Somebody who has paid 150,000 won."""
    payment = begin(buyer, cohort)
    stripe.pay(payment.reference)
    checkout.look(payment)
    return Enrollment.objects.get(payment_lines__payment=payment)


def address(place: Enrollment) -> str:
    return reverse("member_refund", args=[place.public_id])


def press(person: User, place: Enrollment, **more: Any) -> Any:
    return sign_in(person).post(address(place), {**ASKED, **more})


def test_it_is_shown_before_it_is_done(place: Enrollment, host: User) -> None:
    assert "150,000" in text(sign_in(host).get(address(place)))
    page = text(press(host, place))
    assert "30,000" in page
    assert ASKED["reason"] in page
    assert not Refund.objects.exists()


def test_it_comes_back_once_however_often_it_is_pressed(
    stripe: LocalStripe, before: int, place: Enrollment, host: User
) -> None:
    for _ in range(3):
        assert press(host, place, sure="1").status_code == 302
    drain()
    assert [(r.amount, r.cause, r.state) for r in Refund.objects.all()] == [(30_000, "host:abcdefghjk", "succeeded")]
    assert Enrollment.objects.get(pk=place.pk).state == "active"  # a kindness is not a farewell: I-16
    assert ASKED["reason"] in Letter.objects.get(key__startswith="refund_owed:").text
    assert balance("paying") == 0
    assert_books_match(stripe, place.cohort, before)


def test_two_intents_of_the_same_amount_are_two(place: Enrollment, host: User) -> None:
    """I-15."""
    press(host, place, sure="1")
    press(host, place, sure="1", key="kjhgfedcba")
    assert [r.amount for r in Refund.objects.order_by("pk")] == [30_000, 30_000]


def test_more_than_is_left_is_refused_beside_the_field(place: Enrollment, host: User) -> None:
    press(host, place, sure="1")
    for more in ({}, {"sure": "1"}):
        answer = press(host, place, amount="120,001", key="kjhgfedcba", **more)
        assert answer.status_code == 422
        assert answer.context["form"].errors["amount"]
        assert ASKED["reason"] in text(answer)
    for amount in ("0", "-5", "1.5", "zehn", ""):
        assert press(host, place, amount=amount, key="kjhgfedcba", sure="1").status_code == 422
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_hosts_at_once_never_give_more_than_was_paid(place: Enrollment, host: User) -> None:
    def go(key: str) -> int:
        try:
            return int(press(host, place, amount="100,000", key=key, sure="1").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(go, ["aaaaaaaaa2", "aaaaaaaaa3", "aaaaaaaaa4", "aaaaaaaaa5"]))
    assert sorted(answers) == [302, 422, 422, 422]
    assert PaymentLine.objects.get().refunded == 100_000


def test_it_can_end_the_seat(place: Enrollment, host: User) -> None:
    press(host, place, sure="1", amount="150,000", ends="on")
    assert Enrollment.objects.get(pk=place.pk).state == "cancelled"
    assert_seats_match(place.cohort)


def test_what_was_shared_already_is_the_hosts_to_bear(place: Enrollment, host: User) -> None:
    first = place.cohort.sessions.filter(subgroup=None).first()
    releases.release(first)
    waiting = -balance("escrow")
    page = text(press(host, place, amount="150,000"))
    assert f"{waiting:,}" in page
    assert f"{150_000 - waiting:,}" in page


def test_only_hosts_of_the_study_may(
    place: Enrollment, member: User, partner: User, stranger: User, other_host: User, admin: User
) -> None:
    shut_out(address(place), [member, partner, stranger, other_host, admin], {**ASKED, "sure": "1"})
    assert not Refund.objects.exists()

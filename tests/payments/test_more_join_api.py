"""Joining through the API with a code, after waiting in line, and by bank deposit: as on the page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Study
from cohorts.services import coupons, refund_policies, seats
from payments.models import DepositOrder, Payment
from studyplatform.accounts.models import User
from tests.api.test_mine import post, token
from tests.api.test_problems import problem
from tests.cohorts.credit import give, unused
from tests.cohorts.waiting_line import counted, full, offer, state
from tests.payments.buying import LocalStripe
from tests.payments.deposits import MINE, NUMBER, switch_on
from tests.payments.test_join_api import AGREED, address
from tests.people import make_person

pytestmark = pytest.mark.django_db


def line_of(cohort: Cohort) -> str:
    return reverse("api_waiting", args=[cohort.study.slug, cohort.number])


def delete(path: str, headers: dict[str, str]) -> Any:
    return Client().delete(path, headers=headers)


def test_with_a_code_it_costs_what_the_answer_says(cohort: Cohort, stranger: User, stripe: LocalStripe) -> None:
    coupons.make(cohort.study, "SPRING", limit=1, percent=20)
    key = token(stranger, "join")
    asked = problem(post(address(cohort), key, **AGREED, coupon="spring"), 409, "changed")
    assert asked["price"] == {"amount": 120_000, "currency": "KRW"}
    assert not Enrollment.objects.filter(person=stranger).exists()
    held = post(address(cohort), key, price=120_000, terms=True, coupon="spring").json()
    assert held["price"]["amount"] == Payment.objects.get().amount == 120_000
    other = token(make_person("late", "늦은 사람"), "join")
    body = problem(post(address(cohort), other, price=120_000, terms=True, coupon="spring"), 422, "coupon")
    assert [error["field"] for error in body["errors"]] == ["coupon"]


def test_credit_comes_off_unless_it_is_kept(cohort: Cohort, stranger: User, stripe: LocalStripe) -> None:
    give(stranger, cohort.study, 50_000)
    key = token(stranger, "join")
    asked = problem(post(address(cohort), key, **AGREED), 409, "changed")
    assert asked["price"] == {"amount": 100_000, "currency": "KRW"}
    assert unused(stranger) == 50_000
    held = post(address(cohort), key, price=100_000, terms=True).json()
    assert held["price"]["amount"] == Payment.objects.get().amount == 100_000
    assert unused(stranger) == 0
    again = post(address(cohort), key, price=100_000, terms=True).json()  # nothing comes off twice
    assert again["payment"]["id"] == held["payment"]["id"]


def test_credit_is_kept_for_who_says_so(cohort: Cohort, stranger: User, stripe: LocalStripe) -> None:
    give(stranger, cohort.study, 50_000)
    key = token(stranger, "join")
    asked = problem(post(address(cohort), key, price=100_000, terms=True, use_credit=False), 409, "changed")
    assert asked["price"] == {"amount": 150_000, "currency": "KRW"}
    held = post(address(cohort), key, **AGREED, use_credit=False).json()
    assert (held["price"]["amount"], unused(stranger)) == (150_000, 50_000)


def test_one_stands_in_line_and_takes_the_seat_that_is_offered(
    study: Study, stranger: User, stripe: LocalStripe
) -> None:
    cohort, key = full(study), token(stranger, "join")
    where = problem(post(address(cohort), key, **AGREED), 409, "sold_out")
    assert where["line"].endswith(line_of(cohort))
    problem(post(line_of(cohort), token(stranger, "read")), 403, "permission_denied")
    waits = post(line_of(cohort), key)
    assert (waits.status_code, waits.json()["state"], waits.json()["ahead"]) == (201, "waitlisted", 0)
    assert post(line_of(cohort), key).json()["id"] == waits.json()["id"]
    problem(post(address(cohort), key, **AGREED), 409, "waiting")
    seats.release(cohort.enrollments.get(state="active"), Enrollment.State.CANCELLED)
    offer()
    Cohort.objects.filter(pk=cohort.pk).update(policy=refund_policies.preset("seven_days"))  # for new seats only
    problem(post(line_of(cohort), key), 409, "already_in")
    held = post(address(cohort), key, **AGREED)
    assert (held.status_code, held.json()["state"], held.json()["payment"]["state"]) == (201, "held", "open")
    assert counted(cohort) == (1, 0)


def test_a_place_in_line_or_an_offered_seat_is_let_go(study: Study, stranger: User) -> None:
    cohort, key = full(study), token(stranger, "join")
    assert delete(line_of(cohort), key).status_code == 404
    for offered in (False, True):
        post(line_of(cohort), key)
        if offered:
            seats.release(cohort.enrollments.get(state="active"), Enrollment.State.CANCELLED)
            offer()
            assert state(stranger, cohort) == "offered"
        assert delete(line_of(cohort), token(make_person(f"nosy{offered}", "다른 사람"), "join")).status_code == 404
        assert delete(line_of(cohort), key).status_code == 204
        assert Enrollment.objects.filter(person=stranger).latest("pk").state == "cancelled"


def test_nobody_waits_where_a_seat_is_free_or_nobody_can_join(cohort: Cohort, stranger: User) -> None:
    key = token(stranger, "join")
    problem(post(line_of(cohort), key), 409, "free")
    Cohort.objects.filter(pk=cohort.pk).update(state=Cohort.State.CLOSED)
    problem(post(line_of(cohort), key), 409, "closed")
    Cohort.objects.filter(pk=cohort.pk).update(state=Cohort.State.DRAFT)
    problem(post(line_of(cohort), key), 404, "not_found")


def test_a_deposit_is_asked_for_where_the_cohort_takes_them(host: User, cohort: Cohort, stranger: User) -> None:
    key = token(stranger, "join")
    body = problem(post(address(cohort), key, **AGREED, provider="bank"), 422, "refused")
    assert [error["field"] for error in body["errors"]] == ["provider"]
    switch_on(host, cohort)
    paying = post(address(cohort), key, **AGREED, provider="bank").json()["payment"]
    assert (paying["provider"], paying["state"], paying["pay_url"]) == ("bank", "open", None)
    where = reverse("api_deposit", args=[paying["id"]])
    body = problem(post(where, key, **{**MINE, "account": "12"}), 422, "invalid")
    assert [error["field"] for error in body["errors"]] == ["account"]
    problem(post(where, token(stranger, "read"), **MINE), 403, "permission_denied")
    assert post(where, token(make_person("nosy", "다른 사람"), "join"), **MINE).status_code == 404
    told = post(where, key, **MINE).json()
    order = DepositOrder.objects.get()
    assert (told["account"], told["sender"]) == (NUMBER.replace("-", ""), f"Daniel Cho {order.code}")
    assert told["amount"] == {"amount": 150_000, "currency": "KRW"}
    assert Enrollment.objects.get(person=stranger).hold_until == order.deadline
    Payment.objects.update(state="expired")
    problem(post(where, key, **MINE), 409, "refused")

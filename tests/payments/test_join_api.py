"""Joining through the API: the same seat, price and page as on the page, for whoever's token allows it."""

from typing import Any

import pytest

from cohorts.models import Cohort, Enrollment
from payments.flows import checkout
from payments.models import Payment
from studyplatform.accounts.models import Consent, User
from tests.api.test_mine import post, token
from tests.api.test_problems import problem
from tests.payments.buying import LocalStripe, assert_books_match
from tests.people import make_cohort

pytestmark = pytest.mark.django_db
AGREED = {"price": 150_000, "terms": True}


def address(cohort: Cohort) -> str:
    return f"/api/v1/studies/{cohort.study.slug}/cohorts/{cohort.number}/enrollments/"


def test_a_seat_is_held_paid_for_by_a_person_and_is_one(cohort: Cohort, stranger: User, stripe: LocalStripe) -> None:
    before, key = stripe.balance("KRW"), token(stranger, "join")
    group = cohort.subgroups.last()
    sent = {**AGREED, "subgroup": group.position, "introduction": "꽃집을 해요.", "recording": True}
    answer = post(address(cohort), key, **sent)
    held = answer.json()
    assert (answer.status_code, held["state"], held["price"]["amount"]) == (201, "held", 150_000)
    assert held["payment"]["state"] == "open"
    place = Enrollment.objects.get(person=stranger)
    assert (place.introduction, place.memberships.get().subgroup) == ("꽃집을 해요.", group)
    assert set(Consent.objects.values_list("kind", flat=True)) == {"terms", "recording"}
    assert post(address(cohort), key, **sent).json()["payment"] == held["payment"]
    payment = Payment.objects.get()
    assert held["payment"]["pay_url"] == payment.address
    stripe.pay(payment.reference or "")
    checkout.advance(payment)
    assert Enrollment.objects.get().state == "active"
    problem(post(address(cohort), key, **sent), 409, "already_in")
    assert_books_match(stripe, cohort, before)


def test_a_free_seat_is_taken_at_once(cohort: Cohort, stranger: User) -> None:
    free = make_cohort(cohort.study, amount=0)
    place = post(address(free), token(stranger, "join"), price=0, terms=True).json()
    assert (place["state"], place["payment"]["state"], place["payment"]["pay_url"]) == ("active", "paid", None)


def test_nobody_joins_without_agreeing_knowing_the_price_or_being_allowed(cohort: Cohort, stranger: User) -> None:
    key = token(stranger, "join")
    body = problem(post(address(cohort), key, price=150_000, terms=False), 422, "invalid")
    assert [error["field"] for error in body["errors"]] == ["terms"]
    body = problem(post(address(cohort), key, terms=True), 422, "invalid")
    assert [error["field"] for error in body["errors"]] == ["price"]
    body = problem(post(address(cohort), key, **AGREED, subgroup=9), 422, "refused")
    assert [error["field"] for error in body["errors"]] == ["subgroup"]
    problem(post(address(cohort), key, price=100_000, terms=True), 409, "changed")
    problem(post(address(cohort), token(stranger, "read", "write"), **AGREED), 403, "permission_denied")
    problem(post(address(cohort), {}, **AGREED), 401, "not_authenticated")
    assert not Enrollment.objects.filter(person=stranger).exists()


def test_full_and_not_open(cohort: Cohort, stranger: User, settings: Any) -> None:
    key = token(stranger, "join")
    draft = make_cohort(cohort.study, state=Cohort.State.DRAFT, opened_at=None)
    problem(post(address(draft), key, **AGREED), 404, "not_found")
    closed = make_cohort(cohort.study, state=Cohort.State.CLOSED)
    problem(post(address(closed), key, **AGREED), 409, "closed")
    cohort.seats.taken = cohort.seats.capacity
    cohort.seats.save()
    problem(post(address(cohort), key, **AGREED), 409, "sold_out")
    assert not Payment.objects.exists()

"""Coupons: what is shown is charged, never used more often than they may be, given back once when nobody paid."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts import pricing
from cohorts.models import Cohort, Coupon, Enrollment, Study
from cohorts.services import coupons, prices, seats
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from tests.cohorts.hosting import shut_out, text
from tests.payments.buying import LocalStripe, assert_seats_match, begin, join, join_url, run_out
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db


def make(study: Study, code: str = "FRIEND10", **fields: Any) -> Coupon:
    return coupons.make(study, code, **{"limit": 5, **({} if "amount" in fields else {"percent": 10}), **fields})


def look(browser: Client, cohort: Cohort, code: str, **more: Any) -> Any:
    return browser.post(join_url(cohort), {"coupon": code, "apply": "1", **more})


def test_what_is_shown_with_a_code_is_charged(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    make(cohort.study)
    answer = look(buyer, cohort, " friend 10 ", introduction="을지로에서 인쇄소를 해요.")
    page = text(answer)
    assert "₩135,000" in page
    assert "을지로에서 인쇄소를 해요." in page
    assert not Enrollment.objects.filter(coupon__isnull=False).exists()  # looking takes nothing
    payment = begin(buyer, cohort, coupon="FRIEND10", offer=answer.context["offer"])
    assert payment.amount == 135_000
    assert stripe.api.v1.checkout.sessions.retrieve(payment.reference).amount_total == 135_000
    assert Coupon.objects.get().used == 1


def test_a_link_brings_its_code_along(cohort: Cohort, buyer: Client) -> None:
    make(cohort.study)
    assert "₩135,000" in text(buyer.get(f"{join_url(cohort)}?coupon=FRIEND10"))
    assert "135,000" in text(Client().get(f"{join_url(cohort)}?coupon=friend10"))


@pytest.mark.parametrize("typed", ["\u202dfriend\u200b10\u202c", "FRIEND\u00a010\n", "\x00FRIEND10"])
def test_marks_nobody_sees_are_no_part_of_a_code(
    stripe: LocalStripe, cohort: Cohort, buyer: Client, typed: str
) -> None:
    """A chat wraps what is copied in them; a form refuses a NUL, and still says what the seat costs."""
    make(cohort.study)
    assert "₩135,000" in text(look(buyer, cohort, typed))
    answer = join(buyer, cohort, coupon=typed)
    assert (answer.status_code, Coupon.objects.get().used) == ((422, 0) if "\0" in typed else (303, 1))


def test_a_code_comes_off_the_lowest_price(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    prices.set_for(cohort, 150_000, pricing.Early(amount=120_000, until=None, first=3))
    make(cohort.study)
    assert begin(buyer, cohort, coupon="FRIEND10").amount == 108_000


@pytest.mark.parametrize(
    ("amount", "currency", "coupon", "left"),
    [
        (150_000, "KRW", {"percent": 10}, 135_000),
        (150_001, "KRW", {"percent": 33}, 100_501),  # 49,500.33 off
        (150_000, "KRW", {"percent": 100}, 0),
        (150_000, "KRW", {"amount": 20_000}, 130_000),
        (150_000, "KRW", {"amount": 149_500}, 1_000),  # never below the least price
        (150_000, "KRW", {"amount": 150_000}, 0),
        (150_000, "KRW", {"amount": 999_999}, 0),
        (12_000, "USD", {"percent": 25}, 9_000),
        (12_000, "USD", {"amount": 11_950}, 100),
        (9_999, "USD", {"percent": 50}, 4_999),
        (5_000, "JPY", {"percent": 99}, 100),
    ],
)
def test_what_is_left_of_a_price(amount: int, currency: str, coupon: dict[str, int], left: int) -> None:
    assert coupons.less(Coupon(**coupon), amount, currency) == left


def test_a_code_for_all_of_it_gives_the_seat(cohort: Cohort, buyer: Client) -> None:
    make(cohort.study, percent=100)
    assert join(buyer, cohort, coupon="FRIEND10").status_code == 302
    assert Enrollment.objects.get(coupon__isnull=False).state == "active"


def spoil(coupon: Coupon, how: str, member: User, cohort: Cohort) -> None:
    past = timezone.now() - datetime.timedelta(minutes=1)
    if how == "used up":
        Coupon.objects.filter(pk=coupon.pk).update(used=5)
    elif how == "over":
        Coupon.objects.filter(pk=coupon.pk).update(ends_at=past)
    elif how == "off":
        coupons.switch_off(coupon)
    elif how == "elsewhere":
        Coupon.objects.filter(pk=coupon.pk).update(cohort=make_cohort(cohort.study))
    elif how == "other study":
        Coupon.objects.filter(pk=coupon.pk).update(study=make_study(make_person("x", "x"), slug="other"))
    elif how == "other money":
        Coupon.objects.filter(pk=coupon.pk).update(percent=None, amount=100, currency="USD")
    elif how == "again":
        seats.settle(seats.hold(member, make_cohort(cohort.study), coupon="FRIEND10"))


@pytest.mark.parametrize("how", ["used up", "over", "off", "elsewhere", "other study", "other money", "again"])
def test_a_code_that_cannot_be_used_says_why_and_loses_nothing(
    cohort: Cohort, buyer: Client, stranger: User, how: str
) -> None:
    spoil(make(cohort.study), how, stranger, cohort)
    page = look(buyer, cohort, "FRIEND10", introduction="이 말은 남아요.")
    assert page.context["trouble"]
    assert "₩150,000" in text(page)
    answer = join(buyer, cohort, coupon="FRIEND10", introduction="이 말은 남아요.")
    assert answer.status_code == 409
    assert answer.context["form"].errors["coupon"]
    assert "이 말은 남아요." in text(answer)
    assert not Enrollment.objects.filter(person=stranger, cohort=cohort).exists()
    assert_seats_match(cohort)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_use_it_exactly_as_often_as_it_may_be(study: Study) -> None:
    """I-10: ten uses, forty tries; whoever is refused holds no seat."""
    cohort = make_cohort(study, capacity=100)
    make(study, limit=10)
    people = [make_person(f"p{n}", f"p{n}") for n in range(40)]

    def go(person: User) -> bool:
        try:
            return seats.hold(person, cohort, coupon="FRIEND10").price == 135_000
        except Refused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(go, people)) == 10
    assert Coupon.objects.get().used == Enrollment.objects.filter(coupon__isnull=False).count() == 10
    assert_seats_match(cohort)


def test_nobody_paid_so_it_can_be_used_again_once(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:
    make(cohort.study, limit=1)
    payment = begin(buyer, cohort, coupon="FRIEND10")
    run_out(payment)
    row = Enrollment.objects.get(payment_lines__payment=payment)
    for _ in range(2):
        seats.expire(row)
    assert Coupon.objects.get().used == 0
    assert begin(buyer, cohort, coupon="FRIEND10").amount == 135_000


def test_money_that_comes_late_keeps_its_price_and_its_use(study: Study, stranger: User, other_host: User) -> None:
    cohort = make_cohort(study)
    make(study, limit=1)
    late = seats.hold(stranger, cohort, coupon="FRIEND10")
    seats.release(late, "expired")
    seats.hold(other_host, cohort, coupon="FRIEND10")
    assert seats.settle(late)
    assert (Coupon.objects.get().used, Coupon.objects.get().limit) == (2, 2)


def test_the_database_refuses_one_use_too_many(study: Study) -> None:
    coupon = make(study)
    for wrong in ({"used": 6}, {"percent": None}, {"amount": 5, "currency": "KRW"}, {"percent": 101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Coupon.objects.filter(pk=coupon.pk).update(**wrong)


FILLED = {
    "code": "봄-2027",
    "percent": "15",
    "amount": "",
    "limit": "20",
    "ends_on": "",
    "cohort": "",
    "carried_by": "나리",
}


def studio(study: Study) -> str:
    return reverse("studio_coupons", args=[study.slug])


def test_a_host_makes_a_code_sees_what_it_brought_and_switches_it_off(
    cohort: Cohort, host: User, stranger: User
) -> None:
    browser = sign_in(host)
    assert 'class="empty"' in text(browser.get(studio(cohort.study)))
    assert browser.post(studio(cohort.study), FILLED).status_code == 302
    made = Coupon.objects.get()
    seats.settle(seats.hold(stranger, cohort, coupon="봄-2027"))
    page = text(browser.get(studio(cohort.study)))
    assert "1 / 20" in page
    assert "나리" in page
    browser.post(reverse("studio_coupon_off", args=[cohort.study.slug, made.pk]))
    with pytest.raises(Refused):
        coupons.find("봄-2027", cohort)
    assert Enrollment.objects.get(coupon=made).price == 127_500  # who has it keeps it


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"percent": ""}, "percent"),
        ({"amount": "10,000"}, "percent"),
        ({"percent": "101"}, "percent"),
        ({"percent": "", "amount": "-3"}, "amount"),
        ({"code": "a b"}, "code"),
        ({"code": "FRIEND10"}, "code"),
        ({"limit": "0"}, "limit"),
    ],
)
def test_a_code_that_cannot_be_made_is_refused_beside_its_field(
    cohort: Cohort, host: User, typed: dict[str, str], field: str
) -> None:
    make(cohort.study)
    answer = sign_in(host).post(studio(cohort.study), {**FILLED, **typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert Coupon.objects.count() == 1


def test_only_hosts_of_the_study_see_its_codes(
    cohort: Cohort, member: User, partner: User, stranger: User, other_host: User
) -> None:
    made = make(cohort.study)
    shut_out(studio(cohort.study), [member, partner, stranger, other_host], FILLED)
    away = reverse("studio_coupon_off", args=[cohort.study.slug, made.pk])
    shut_out(away, [member, partner, stranger, other_host], get=False)
    assert Coupon.objects.get().off_at is None

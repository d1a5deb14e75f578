"""What a seat costs: the page, the seat and the charge say one number, early, late and at the same moment."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts import later, prices, pricing
from cohorts.models import Cohort, Enrollment, Price, Study
from cohorts.services import prices as verbs
from cohorts.services import seats
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from tests.cohorts.hosting import text
from tests.payments.buying import LocalStripe, begin, join, join_url, run_out
from tests.payments.conftest import buyer, local_stripe, stripe  # noqa: F401
from tests.people import make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


def early(cohort: Cohort, amount: int = 120_000, *, days: int | None = None, first: int | None = None) -> None:
    until = timezone.now() + datetime.timedelta(days=days) if days else None
    verbs.set_for(cohort, 150_000, pricing.Early(amount=amount, until=until, first=first))


def shown(cohort: Cohort) -> int:
    return pricing.with_amount(Cohort.objects.filter(pk=cohort.pk)).get().amount


def during(cohort: Cohort, week: int) -> Any:
    start = cohort.sessions.filter(subgroup=None).order_by("starts_at")[week - 1].starts_at
    Cohort.objects.filter(pk=cohort.pk).update(closes_at=start + datetime.timedelta(days=90))
    return time_machine.travel(start + datetime.timedelta(minutes=5), tick=False)


def test_page_charge_and_seat_say_one_number(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:  # noqa: F811
    early(cohort, days=3)
    assert "₩120,000" in text(buyer.get(join_url(cohort)))
    assert "120,000원" in text(Client().get(cohort.get_absolute_url()))
    payment = begin(buyer, cohort)
    assert payment.amount == 120_000
    assert stripe.api.v1.checkout.sessions.retrieve(payment.reference).amount_total == 120_000
    assert Enrollment.objects.latest("pk").price == 120_000


def test_after_its_day_the_price_is_the_price(cohort: Cohort) -> None:
    early(cohort, days=3)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=3, seconds=1), tick=False):
        assert shown(cohort) == 150_000
        assert verbs.take(cohort, verbs.now(cohort)) == (150_000, "standard")
    assert verbs.take(cohort, verbs.now(cohort)) == (120_000, "early_bird")


def test_who_saw_another_price_is_asked_again(stripe: LocalStripe, cohort: Cohort, buyer: Client) -> None:  # noqa: F811
    early(cohort, days=3)
    seen = buyer.get(join_url(cohort)).context["offer"]
    Price.objects.filter(kind="early_bird").update(until=timezone.now())
    answer = join(buyer, cohort, offer=seen)
    assert answer.status_code == 409
    assert "₩150,000" in text(answer)
    assert not Enrollment.objects.filter(person__email="stranger@example.com").exists()


def test_the_first_so_many_pay_less_and_no_more_than_they(study: Study) -> None:
    cohort = make_cohort(study, capacity=10)
    early(cohort, first=2)
    paid = [seats.hold(make_person(f"p{n}", f"p{n}"), cohort).price for n in range(4)]
    assert paid == [120_000, 120_000, 150_000, 150_000]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_take_exactly_the_early_ones(study: Study) -> None:
    """I-10 for prices: three early ones, twelve at once."""
    cohort = make_cohort(study, capacity=20)
    early(cohort, first=3)
    people = [make_person(f"p{n}", f"p{n}") for n in range(12)]

    def go(person: User) -> int:
        try:
            return seats.hold(person, cohort).price
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(go, people)) == [120_000] * 3 + [150_000] * 9
    assert Price.objects.get(cohort=cohort, kind="early_bird").used == 3


def test_an_early_seat_nobody_paid_for_is_early_again_once(
    stripe: LocalStripe,  # noqa: F811
    cohort: Cohort,
    buyer: Client,  # noqa: F811
) -> None:
    early(cohort, first=1)
    payment = begin(buyer, cohort)
    assert shown(cohort) == 150_000
    run_out(payment)
    row = Enrollment.objects.get(payment_lines__payment=payment)
    for _ in range(2):
        seats.expire(row)
    assert Price.objects.get(cohort=cohort, kind="early_bird").used == 0
    assert shown(cohort) == 120_000


def test_money_that_comes_late_keeps_its_early_price(cohort: Cohort, stranger: User) -> None:
    early(cohort, first=1)
    row = seats.hold(stranger, cohort)
    seats.release(row, "expired")
    assert seats.settle(row)
    assert Price.objects.get(cohort=cohort, kind="early_bird").used == 1


def test_who_joins_late_pays_for_the_sessions_to_come(study: Study) -> None:
    cohort = make_cohort(study)  # four sessions
    for week, amount in ((1, 112_500), (2, 75_000), (3, 37_500)):
        with during(cohort, week):
            assert shown(cohort) == amount
            assert verbs.take(cohort, verbs.now(cohort))[0] == amount
            page = text(Client().get(cohort.get_absolute_url()))
            assert f"{amount:,}원" in page
            assert "150,000원" in page  # of the whole


@pytest.mark.parametrize("amount", [150_000, 100_001, 1_001, 1_000, 0])
def test_pages_and_seats_count_alike(study: Study, amount: int) -> None:
    cohort = make_cohort(study, amount=amount, weeks=7)
    for week in range(1, 8):
        with during(cohort, week):
            left, whole = pricing.sessions_of(cohort)
            assert (left, whole) == (7 - week, 7)
            assert (
                shown(cohort) == pricing.part_of(amount, left, whole, "KRW") == verbs.take(cohort, verbs.now(cohort))[0]
            )
            assert not amount or shown(cohort) >= prices.least("KRW")


def test_a_place_in_line_uses_up_no_early_price(study: Study, stranger: User) -> None:
    from cohorts.services import waiting

    cohort = make_cohort(study, capacity=1)
    seats.hold(make_person("first", "first"), cohort)
    early(cohort, first=1)
    waiting.wait(stranger, cohort)
    assert Price.objects.get(cohort=cohort, kind="early_bird").used == 0


PLAN = {"early_price": "120,000", "early_until": "", "early_first": "20"}


def edit(host: User, cohort: Cohort, **more: Any) -> Any:
    browser, address = sign_in(host), reverse("studio_cohort_edit", args=[cohort.study.slug, cohort.number])
    form = browser.get(address).context["form"]
    filled = {name: form[name].value() for name in form.fields}
    filled = {name: "" if value is None else value for name, value in filled.items()}
    return browser.post(address, {**filled, **more})


def test_a_host_sets_it_and_takes_it_away(cohort: Cohort, host: User) -> None:
    assert edit(host, cohort, **PLAN).status_code == 302
    assert pricing.early_of(cohort) == {"amount": 120_000, "until": None, "first": 20}
    assert edit(host, cohort).status_code == 302  # saved as it stands
    assert pricing.early_of(cohort) == {"amount": 120_000, "until": None, "first": 20}
    assert edit(host, cohort, early_price="").status_code == 302
    assert pricing.early_of(cohort) is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"early_price": "150,000"}, "early_price"),
        ({"early_price": "500"}, "early_price"),
        ({"early_price": "zehn"}, "early_price"),
        ({"early_price": "120,000", "early_first": ""}, "early_until"),
    ],
)
def test_an_early_price_that_is_none_is_refused_beside_its_field(
    cohort: Cohort, host: User, typed: dict[str, str], field: str
) -> None:
    answer = edit(host, cohort, **{**PLAN, **typed})
    assert answer.context["form"].errors[field]
    assert answer.context["form"]["early_price"].value() == typed.get("early_price", "120,000")
    assert not Price.objects.filter(kind="early_bird").exists()


def test_the_verb_and_the_database_refuse_it_too(cohort: Cohort) -> None:
    for one in ({"amount": 150_000}, {"amount": 120_000, "first": None}):
        with pytest.raises(Refused):
            verbs.set_for(cohort, 150_000, pricing.Early(**{"amount": 1, "until": None, "first": 3, **one}))
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.create(cohort=cohort, kind="early_bird", amount=1)


def test_the_next_run_has_it_too_its_day_later(cohort: Cohort) -> None:
    early(cohort, days=3)
    plan = later.plan(Cohort.objects.select_related("study", "seats", "policy").get(pk=cohort.pk))
    until = pricing.early_of(cohort)["until"]
    assert plan["early"]["amount"] == 120_000
    assert (plan["early"]["until"] - until).days % 7 == 0
    assert plan["early"]["until"] > until

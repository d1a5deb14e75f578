"""Differences on the desk: counted on the front page, told in words, cured or explained after a page that says so."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import Difference, Payment, StripeMovement
from payments.services import differences
from payments.services.differences import Found
from studyplatform.accounts.models import User
from studyplatform.kit.tasks import heartbeat
from tests.admin.desk import listed, page_of, press, staff, text
from tests.payments.buying import LocalStripe, balance, begin
from tests.payments.nights import a_night, a_strange_one
from tests.people import make_person, sign_in
from tests.racing import in_turn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough")]
TABLE = "payments.difference"
LOOK = ("payments.view_difference", "payments.view_stripemovement", "payments.view_payment")


@pytest.fixture
def keeper(db: None) -> Client:
    return sign_in(staff("keeper", *LOOK, "payments.handle_differences", language="en"))


@pytest.fixture
def onlooker(db: None) -> Client:
    return sign_in(staff("onlooker", *LOOK, language="en"))


@pytest.fixture
def strange(own_stripe: LocalStripe) -> Difference:
    a_strange_one(own_stripe)
    a_night()
    return Difference.objects.get()


def test_the_front_page_counts_them_and_leads_to_them(keeper: Client, strange: Difference) -> None:
    [line] = keeper.get(reverse("admin:index")).context["stuck"]
    assert (line.count, line.late) == (1, False)
    assert keeper.get(line.link).context["cl"].result_count == 1
    Difference.objects.update(first_seen=timezone.now() - datetime.timedelta(hours=25))
    assert keeper.get(reverse("admin:index")).context["stuck"][0].late
    assert keeper.get(f"{listed(TABLE)}?waits=late").context["cl"].result_count == 1
    nobody = sign_in(staff("nobody", "payments.view_refund"))
    assert nobody.get(reverse("admin:index")).context["stuck"] == []


def test_its_page_says_both_sides_why_and_what_cures_it(keeper: Client, strange: Difference) -> None:
    seen = text(keeper.get(page_of(TABLE, strange)))
    for words in ("A movement we have no name for", "−₩1,100", "a monthly fee", "Read in Stripe’s pages", "stripe_fee"):
        assert words in seen, words


def test_who_only_looks_does_nothing(onlooker: Client, strange: Difference) -> None:
    assert onlooker.get(page_of(TABLE, strange)).status_code == 200
    for action in ("ask_again", "carry", "explain"):
        press(onlooker, TABLE, action, strange, apply="1", note="because")
    strange.refresh_from_db()
    assert (strange.state, balance("platform")) == ("open", 0)


def test_the_platform_carries_it_after_a_page_with_the_amount_and_a_reason(keeper: Client, strange: Difference) -> None:
    before = text(press(keeper, TABLE, "carry", strange))
    assert "The platform pays ₩1,100." in before
    assert press(keeper, TABLE, "carry", strange, apply="1", note="").status_code == 422
    assert balance("platform") == 0
    press(keeper, TABLE, "carry", strange, apply="1", note="The monthly fee")
    strange.refresh_from_db()
    assert (strange.state, balance("platform"), balance("stripe")) == ("cured", 1_100, -1_100)
    press(keeper, TABLE, "carry", strange, apply="1", note="once more")
    assert balance("platform") == 1_100
    assert "The monthly fee" in text(keeper.get(page_of(TABLE, strange)))


def test_it_is_explained_with_a_reason(keeper: Client, strange: Difference) -> None:
    assert press(keeper, TABLE, "explain", strange, apply="1").status_code == 422
    press(keeper, TABLE, "explain", strange, apply="1", note="An old one")
    strange.refresh_from_db()
    assert (strange.state, balance("platform")) == ("explained", 0)
    assert keeper.get(reverse("admin:index")).context["stuck"] == []


def test_stripe_is_asked_again(keeper: Client, own_stripe: LocalStripe, cohort: Cohort) -> None:
    payment = begin(sign_in(make_person("buyer", "buyer")), cohort)
    own_stripe.pay(str(payment.reference))
    own_stripe.fault("GET /v1/checkout/sessions*", "timeout_before", times=30)
    a_night()
    row = Difference.objects.get()
    assert "still" not in text(press(keeper, TABLE, "ask_again", row))
    press(keeper, TABLE, "ask_again", row, apply="1")
    assert Difference.objects.get().state == "open"
    own_stripe.clear()
    assert "gone: both sides say the same" in text(press(keeper, TABLE, "ask_again", row, apply="1"))
    assert (Difference.objects.get().state, Payment.objects.get().state) == ("cured", "paid")


def test_what_may_be_somebody_elses_money_is_not_carried(
    keeper: Client, own_stripe: LocalStripe, cohort: Cohort
) -> None:
    payment = begin(sign_in(make_person("buyer", "buyer")), cohort)
    own_stripe.pay(str(payment.reference))
    Payment.objects.update(amount=140_000)
    a_night()
    row = Difference.objects.get()
    assert (row.kind, row.state) == ("payment_lost", "open")
    assert "The platform carries it" not in text(keeper.get(page_of(TABLE, row)))
    press(keeper, TABLE, "carry", row, apply="1", note="just so")
    row.refresh_from_db()
    assert (row.state, balance("platform")) == ("open", 0)


@pytest.mark.parametrize(("hours", "state", "status"), [(23, "open", 200), (25, "open", 503), (25, "explained", 200)])
def test_health_turns_red_when_one_is_open_for_a_day(
    client: Client, strange: Difference, hours: int, state: str, status: int
) -> None:
    heartbeat()
    Difference.objects.update(first_seen=timezone.now() - datetime.timedelta(hours=hours), state=state)
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["differences"]["ok"]) == (status, status == 200)


def told(amount: int, movement: StripeMovement | None = None) -> Found:
    """A difference nobody knows the cause of."""
    return Found("unknown", "txn_1", None, amount, "KRW", timezone.now(), movement=movement)


def test_what_neither_stripe_nor_the_bank_shows_is_not_carried(keeper: Client) -> None:
    differences.record([told(-1_100)])
    row = Difference.objects.get()
    assert "cannot carry" in text(press(keeper, TABLE, "carry", row, apply="1", note="just so"))
    row.refresh_from_db()
    assert (row.state, balance("platform")) == ("open", 0)


Deed = Callable[[Difference, User], Any]


def carry(row: Difference, person: User) -> Any:
    return differences.carry(row, person, "x")


def explain(row: Difference, person: User) -> Any:
    return differences.explain(row, person, "x")


def close(row: Difference, person: User) -> Any:
    return differences.close(row)


def see_another_amount(row: Difference, person: User) -> Any:
    return differences.record([told(-1_200, row.movement)])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "second", "said", "state", "carried"),
    [
        (carry, explain, "refused", "cured", 1_100),
        (explain, carry, "refused", "explained", 0),
        (explain, close, "done", "explained", 0),
        (explain, see_another_amount, "done", "open", 0),
    ],
)
def test_of_two_at_once_on_one_difference_the_second_sees_what_the_first_did(
    admin: User, first: Deed, second: Deed, said: str, state: str, carried: int
) -> None:
    movement = StripeMovement.objects.create(
        reference="txn_1", kind="adjustment", at=timezone.now(), currency="KRW", amount=-1_100, fee=0
    )
    differences.record([told(-1_100, movement)])
    row = Difference.objects.get()
    works = [lambda deed=deed: deed(row, admin) for deed in (first, second)]
    assert in_turn(*works, table="payments_difference") == ["done", said]
    row.refresh_from_db()
    assert (row.state, balance("platform")) == (state, carried)

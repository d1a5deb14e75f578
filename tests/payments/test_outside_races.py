"""Lists and hosts at the same moment: each seat, account and refund once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Seats, Study
from payments.models import Payment, Refund
from payments.seat_lists import Person
from payments.services import outside, outside_refunds
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change
from tests.payments.buying import assert_seats_match
from tests.payments.test_moving import make_later
from tests.payments.test_outside import HEAD, TWO, bring, member_of, url
from tests.people import sign_in
from tests.racing import in_turn

pytestmark = pytest.mark.django_db


def at_once(host: User, cohort: Cohort, lists: Sequence[Sequence[str]]) -> list[int]:
    """Send lists at the same moment; return what was answered."""

    def go(lines: Sequence[str]) -> int:
        try:
            return sign_in(host).post(url(cohort), {"lines": "\n".join(lines), "sure": "1"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(lists)) as pool:
        return list(pool.map(go, lists))


@pytest.mark.django_db(transaction=True)
def test_lists_at_once_take_each_seat_once(cohort: Cohort, host: User) -> None:
    Seats.objects.filter(cohort=cohort).update(capacity=4)
    lists = [[HEAD, *[f"p{n}@example.org,이 {n},1000,,R{n}" for n in range(k, k + 4)]] for k in (0, 1, 2, 0)]
    assert set(at_once(host, cohort, lists)) <= {200, 302}
    assert Enrollment.objects.filter(cohort=cohort, state="active").count() == 4
    assert Payment.objects.filter(provider="outside").count() == 4
    assert_seats_match(cohort)


@pytest.mark.django_db(transaction=True)
def test_two_cohorts_make_one_account(cohort: Cohort, study: Study, host: User) -> None:
    other = make_later(study, 1000)
    line = [HEAD, "p@example.org,이,1000,,"]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda one: at_once(host, one, [line]), (cohort, other)))
    assert done == [[302], [302]]
    assert User.objects.filter(email="p@example.org").count() == 1
    assert Payment.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_tick_off_one_refund_at_once_give_it_back_once(cohort: Cohort, host: User) -> None:
    bring(sign_in(host), cohort, *TWO)
    leave = reverse("leave", args=[cohort.study.slug, cohort.number])
    member_of(cohort, "jun@example.org").post(leave, {"seen": "150000"})
    refund = Refund.objects.get()
    works = [lambda: outside_refunds.given(host, refund)] * 2
    assert in_turn(*works, table="payments_refund") == ["done", "done"]
    assert Change.objects.filter(subject_type="payments.refund", to_state="succeeded").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_line_twice_at_once_is_new_once_and_known_then(cohort: Cohort, host: User) -> None:
    line = Person(2, "p@example.org", "이", 1_000, "", "R1")
    said: list[str] = []

    def bring_in() -> None:
        said.extend(verdict.kind for verdict in outside.bring_in(host, cohort, [line]))

    assert in_turn(bring_in, bring_in, table="cohorts_seats") == ["done", "done"]
    assert sorted(said) == ["known", "new"]
    assert_seats_match(cohort)

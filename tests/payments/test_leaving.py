"""Leaving: what is shown is what comes back, by the rule agreed at purchase; what was theirs is free at once."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Membership, Presentation, Session, Subgroup
from cohorts.services import presentations, refund_policies
from payments.flows import checkout
from payments.models import Payment, PaymentLine, Refund
from payments.services import leaving, refunds
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import text as plain
from tests.payments.buying import LocalStripe, assert_books_match, assert_seats_match, balance, begin, drain, hurry
from tests.people import enroll, make_cohort, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(cohort: Cohort) -> Subgroup:
    return cohort.subgroups.first()


@pytest.fixture
def place(stripe: LocalStripe, before: int, cohort: Cohort, group: Subgroup, buyer: Client) -> Enrollment:
    """Somebody who has paid 150,000 won for sessions to come, and sits in the first group."""
    payment = begin(buyer, cohort, subgroup=group.pk)
    stripe.pay(payment.reference)
    checkout.look(payment)
    return Enrollment.objects.get(payment_lines__payment=payment)


def address(cohort: Cohort) -> str:
    return reverse("leave", args=[cohort.study.slug, cohort.number])


def press(browser: Client, cohort: Cohort, seen: int, **more: Any) -> Any:
    return browser.post(address(cohort), {"seen": seen, **more})


def whole(cohort: Cohort) -> list[datetime.datetime]:
    met = Session.objects.filter(cohort=cohort, subgroup=None).order_by("starts_at")
    return list(met.values_list("starts_at", flat=True))


def test_the_page_says_what_comes_back_what_ends_and_what_stays(place: Enrollment, buyer: Client) -> None:
    presentations.claim(place.person, place.cohort.sessions.filter(subgroup=None).first())
    page = plain(buyer.get(address(place.cohort)))
    for words in ("₩150,000 comes back", "You paid ₩150,000", "Your turn on", place.cohort.subgroups.first().topic):
        assert words in page
    assert Enrollment.objects.get(pk=place.pk).state == "active"  # looking is not leaving


def test_what_was_shown_comes_back_and_all_that_was_theirs_is_free(
    stripe: LocalStripe, before: int, place: Enrollment, group: Subgroup, buyer: Client
) -> None:
    cohort = place.cohort
    turn = presentations.claim(place.person, cohort.sessions.filter(subgroup=None).first())
    answer = press(buyer, cohort, 150_000, because="출장이 길어졌어요.")
    assert answer.headers["Location"] == reverse("payments")
    drain()
    left = Enrollment.objects.get(pk=place.pk)
    assert (left.state, left.left_because) == ("cancelled", "출장이 길어졌어요.")
    assert Presentation.objects.get(pk=turn.pk).state == "passed"
    assert not Membership.objects.filter(enrollment=place, until=None).exists()
    assert Subgroup.objects.get(pk=group.pk).taken == 0
    assert [(r.amount, r.cause, r.state) for r in Refund.objects.all()] == [(150_000, "left", "succeeded")]
    assert balance("paying") == 0
    assert_books_match(stripe, cohort, before)
    for name in ("space", "leave", "sessions"):
        assert buyer.get(reverse(name, args=[cohort.study.slug, cohort.number])).status_code in (403, 404)


def test_the_rule_agreed_at_purchase_holds_whatever_the_host_sells_now(place: Enrollment, buyer: Client) -> None:
    """Bought by remaining sessions; the host now sells by thirds and halves."""
    cohort, starts = place.cohort, whole(place.cohort)
    Cohort.objects.filter(pk=cohort.pk).update(policy=refund_policies.preset("thirds_and_halves"))
    with time_machine.travel(starts[2] + datetime.timedelta(minutes=1), tick=False):
        buyer.force_login(place.person)
        by_sessions = 150_000 * (len(starts) - 3) // len(starts)
        assert leaving.quote(Enrollment.objects.get(pk=place.pk)).amount == by_sessions
        assert f"₩{by_sessions:,} comes back" in plain(buyer.get(address(cohort)))


def test_another_amount_than_was_shown_is_never_given(place: Enrollment, buyer: Client) -> None:
    answer = press(buyer, place.cohort, 149_999, because="이 말은 남아요.")
    assert answer.status_code == 409
    assert "has just changed" in plain(answer)
    assert "이 말은 남아요." in plain(answer)
    assert not Refund.objects.exists()
    assert Enrollment.objects.get(pk=place.pk).state == "active"


def test_what_came_back_before_is_counted(place: Enrollment, buyer: Client) -> None:
    refunds.owe(place.payment_lines.get(), 50_000, "kindness:1")
    assert "₩50,000 came back before" in plain(buyer.get(address(place.cohort)))
    press(buyer, place.cohort, 100_000)
    assert PaymentLine.objects.get().refunded == 150_000


def test_pressed_twice_it_happens_once(place: Enrollment, buyer: Client) -> None:
    assert press(buyer, place.cohort, 150_000).status_code == 302
    assert press(buyer, place.cohort, 150_000).status_code == 404
    assert Refund.objects.count() == 1
    assert_seats_match(place.cohort)


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_leave_once(place: Enrollment) -> None:
    def go(_: int) -> int:
        try:
            return int(press(sign_in(place.person), place.cohort, 150_000).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(go, range(4)))
    assert answers[0] == 302
    assert answers.count(302) == 1
    assert Refund.objects.count() == 1
    assert_seats_match(place.cohort)


def test_after_the_rule_has_run_out_one_leaves_without_money(place: Enrollment) -> None:
    with time_machine.travel(whole(place.cohort)[-1] + datetime.timedelta(minutes=1), tick=False):
        browser = sign_in(place.person)
        assert "no money comes back" in plain(browser.get(address(place.cohort)))
        assert press(browser, place.cohort, 0).headers["Location"] == reverse("home")
    assert not Refund.objects.exists()
    assert Enrollment.objects.get(pk=place.pk).state == "cancelled"


def test_a_free_seat_is_left_without_a_word_of_money(study: Any, stranger: User) -> None:
    free = make_cohort(study, number=2, amount=0)
    enroll(stranger, free)
    browser = sign_in(stranger)
    assert "You paid nothing" in plain(browser.get(address(free)))
    assert press(browser, free, 0).status_code == 302
    assert_seats_match(free)


def test_a_cohort_that_is_over_is_not_left(place: Enrollment, buyer: Client) -> None:
    Cohort.objects.update(state="finished")
    assert "nothing left to leave" in plain(buyer.get(address(place.cohort)))
    assert press(buyer, place.cohort, 0).status_code == 409
    assert Enrollment.objects.get(pk=place.pk).state == "active"


def test_who_leads_the_group_is_told_and_the_reason_is_the_hosts(
    place: Enrollment, buyer: Client, partner: User, host: User
) -> None:
    press(buyer, place.cohort, 150_000, because="시간이 안 맞아요.")
    letters = {letter.recipient: letter.text for letter in Letter.objects.filter(kind="member_left")}
    assert set(letters) == {partner, host}
    assert "시간이 안 맞아요." in letters[host]
    assert "시간이 안 맞아요." not in letters[partner]
    own = Letter.objects.get(recipient=place.person, key__startswith="left:")
    assert "₩150,000" in own.text


def test_a_seat_left_can_be_taken_and_the_same_person_can_come_back(
    stripe: LocalStripe, place: Enrollment, buyer: Client
) -> None:
    press(buyer, place.cohort, 150_000)
    again = begin(buyer, place.cohort)
    stripe.pay(again.reference)
    checkout.look(again)
    assert Payment.objects.filter(state="paid").count() == 2
    assert Enrollment.objects.filter(person=place.person, state="active").count() == 1
    hurry()
    drain()
    assert Refund.objects.get().amount == 150_000


def test_nobody_leaves_for_another(place: Enrollment, member: User) -> None:
    other = sign_in(member)
    press(other, place.cohort, 0)
    assert Enrollment.objects.get(pk=place.pk).state == "active"

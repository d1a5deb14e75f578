"""Seats their members did not pay us for, a company's and those paid elsewhere: moved, and given to somebody."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, SeatGift, Study
from payments.models import Payment, Refund
from payments.services import moving
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.payments.buying import LocalStripe, bought, drain, hurry
from tests.payments.companies import bought as bought_by_company
from tests.payments.companies import sell, sit
from tests.payments.giving import FRIEND, answer, here, offer, offered
from tests.payments.test_moving import after_session, host_press, make_later, plain
from tests.payments.test_outside import TWO, assert_books_know_nothing, bring
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere(host: User, cohort: Cohort) -> Enrollment:
    """A seat at 150,000 won its host was paid for."""
    bring(sign_in(host), cohort, *TWO)
    return cohort.enrollments.select_related("person").get(person__email="jun@example.org")


@pytest.fixture
def friend(db: None) -> User:
    return make_person("friend", "지우")


def asks(host: User, place: Enrollment) -> str:
    return plain(sign_in(host).get(reverse("member_move", args=[place.public_id])))


# Moved by a host


def test_a_host_who_was_paid_elsewhere_moves_it_at_no_cost_here(
    elsewhere: Enrollment, study: Study, host: User, cohort: Cohort
) -> None:
    later = make_later(study, 150_000)
    with time_machine.travel(after_session(cohort, 1), tick=False):
        page = asks(host, elsewhere)
        assert "직접 받은 자리 값" in page
        assert "내 정산금에서 나가요" not in page
        assert host_press(host, elsewhere, later, whole=True).status_code == 302
    assert Payment.objects.get(buyer=elsewhere.person).lines.get(enrollment__cohort=later).amount == 150_000
    assert_books_know_nothing()


def test_a_host_we_hold_money_for_is_told_what_it_costs(
    stripe: LocalStripe, buyer: Client, study: Study, host: User, cohort: Cohort
) -> None:
    place = bought(stripe, buyer, cohort)
    make_later(study, 150_000)
    with time_machine.travel(after_session(cohort, 1), tick=False):
        page = asks(host, place)
    assert "직접 받은 자리 값" not in page
    assert "내 정산금에서 나가요" in page


# Given


def test_a_companys_seat_is_for_the_company_to_give(
    stripe: LocalStripe, buyer: Client, host: User, cohort: Cohort, friend: User
) -> None:
    sell(host, cohort)
    group = bought_by_company(buyer, cohort, stripe)
    sit(make_person("colleague", "동료"), group.token)
    place = group.places.get(state="active")
    answered = offer(place, FRIEND)
    assert answered.status_code != 302
    assert "company" in plain(answered) or "회사" in plain(answered)
    assert not SeatGift.objects.exists()
    group.places.get(pk=place.pk, state="active")


def test_a_seat_paid_elsewhere_is_given_and_its_money_stays_with_the_host(
    elsewhere: Enrollment, friend: User, host: User
) -> None:
    assert answer(offered(elsewhere), friend).status_code == 302
    new = here(friend, elsewhere)
    assert new
    own, leave = sign_in(friend), reverse("leave", args=[elsewhere.cohort.study.slug, 1])
    assert elsewhere.person.name in plain(own.get(leave))
    own.post(leave, {"seen": "150000"})
    hurry()
    drain()
    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.line.payment.buyer) == ("outside", 150_000, elsewhere.person)
    assert "이준" in Letter.objects.get(recipient=host, key__startswith="give-back-outside").subject
    told = Letter.objects.get(recipient=elsewhere.person, key__startswith="refund_owed").text
    assert host.name in told
    assert not Letter.objects.filter(recipient=friend, key__startswith="refund_owed").exists()
    assert_books_know_nothing()


def test_a_given_seat_paid_elsewhere_moves_with_its_money(elsewhere: Enrollment, friend: User, study: Study) -> None:
    later = make_later(study, 100_000)
    answer(offered(elsewhere), friend)
    new = here(friend, elsewhere)
    assert new
    there = reverse("move", args=[study.slug, 1])
    sign_in(friend).post(there, {"to": later.number, "seen": moving.quote(new, later).word})
    assert here(friend, Enrollment(cohort=later))
    refund = Refund.objects.get()
    assert (refund.state, refund.amount, refund.line.payment.buyer) == ("outside", 50_000, elsewhere.person)
    assert_books_know_nothing()

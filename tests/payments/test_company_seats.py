"""Who sits on a company's seats: named by link or letter, replaced, leaving; and what becomes of the money."""

import datetime

import pytest
import time_machine
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Contribution, Enrollment, SeatGroup, Seats
from cohorts.services import cohorts
from payments.models import LedgerEntry, Payment, PaymentLine, Refund
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.payments import companies
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    assert_seats_match,
    begin,
    drain,
    hurry,
)
from tests.payments.companies import accept, at, bought, quoted, sell, sit
from tests.payments.disputing import disputed
from tests.people import make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def selling(host: User, cohort: Cohort) -> Cohort:
    assert sell(host, cohort).status_code == 302
    return cohort


def colleague(name: str = "colleague") -> User:
    return make_person(name, f"동료 {name}", language="en")


def state_of(*places: Enrollment) -> list[str]:
    return [Enrollment.objects.get(pk=place.pk).state for place in places]


def places(group: SeatGroup) -> list[Enrollment]:
    return list(group.places.order_by("pk"))


def letters(person: User, key: str) -> list[Letter]:
    return list(Letter.objects.filter(recipient=person, key__startswith=key))


def test_whoever_opens_the_link_takes_one_seat(
    selling: Cohort, buyer: Client, stripe: LocalStripe, before: int
) -> None:
    group = bought(buyer, selling, stripe)
    people = [colleague(f"c{number}") for number in range(4)]
    subgroup = selling.subgroups.all()[0]
    answers = [sit(person, group.token, subgroup=subgroup.pk) for person in people]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 409]
    assert set(group.places.values_list("state", "person")) == {("active", one.pk) for one in people[:3]}
    again = sit(people[0], group.token).context["form"].non_field_errors()
    assert "You have a seat in this cohort already" in str(again)
    page = buyer.get(group.get_absolute_url()).content.decode()
    assert all(one.name in page for one in people[:3])
    assert people[3].name not in page
    assert len(letters(people[0], "group_seated:")) == 1
    assert sign_in(people[0]).get(reverse("space", args=[selling.study.slug, 1])).status_code == 200
    subgroup.refresh_from_db()
    assert subgroup.taken == 3
    assert_books_match(stripe, selling, before)


def test_who_is_in_already_is_told_so_and_takes_none(
    selling: Cohort, buyer: Client, stripe: LocalStripe, member: User
) -> None:
    group = bought(buyer, selling, stripe)
    answer = sit(member, group.token)
    assert answer.status_code == 409
    assert group.places.filter(state="reserved").count() == 3
    waiter = colleague("waiter")
    Seats.objects.filter(cohort=selling).update(capacity=F("taken"))
    sign_in(waiter).post(reverse("waiting", args=[selling.study.slug, selling.number]))
    assert selling.enrollments.get(person=waiter).state == "waitlisted"
    assert sit(waiter, group.token).status_code == 302
    assert sorted(selling.enrollments.filter(person=waiter).values_list("state", flat=True)) == ["active", "cancelled"]
    assert_seats_match(selling)


def test_who_pays_for_a_seat_of_their_own_lets_it_go_first(selling: Cohort, buyer: Client, stripe: LocalStripe) -> None:
    group, person = bought(buyer, selling, stripe), colleague()
    own = begin(sign_in(person), selling)
    assert "Let it go first" in sit(person, group.token).content.decode()
    assert own.lines.get().enrollment.state == "held"
    sign_in(person).post(reverse("checkout_give_up", args=[own.public_id]))
    assert sit(person, group.token).status_code == 302
    assert_seats_match(selling)


def test_terms_are_agreed_to_and_a_visitor_signs_up_first(selling: Cohort, buyer: Client, stripe: LocalStripe) -> None:
    group = bought(buyer, selling, stripe)
    link = reverse("group_seat", args=[group.token])
    assert Client().get(link).status_code == 200
    assert Client().post(link).headers["Location"].startswith(reverse("account_signup"))
    assert sign_in(colleague()).post(link, {}).status_code == 409
    assert group.places.filter(state="reserved").count() == 3


def test_a_letter_keeps_one_seat_and_can_be_taken_back(selling: Cohort, buyer: Client, stripe: LocalStripe) -> None:
    group = bought(buyer, selling, stripe)
    asked = at("seat_group_people", group)
    assert buyer.post(asked, {"emails": "a@example.com\nB@example.com, a@example.com c@example.com d@example.com"})
    assert not group.invitations.exists()  # four people, three seats
    assert buyer.post(asked, {"emails": "not one"}).status_code == 422
    assert buyer.post(asked, {"emails": "a@example.com\nB@example.com"}).status_code == 302
    assert buyer.post(asked, {"emails": "a@example.com"}).status_code == 302
    assert set(group.invitations.values_list("email", flat=True)) == {"a@example.com", "b@example.com"}
    assert Letter.objects.filter(key__contains="group-seat:").count() == 2
    first, second = (colleague("first"), colleague("second"))
    assert sit(first, group.token).status_code == 302
    assert sit(second, group.token).status_code == 409  # the two left are kept for who has a letter
    one, two = group.invitations.order_by("pk")
    buyer.post(at("seat_group_take_back", group, one.pk))
    assert sit(colleague("third"), one.token).status_code == 409
    assert sit(second, two.token).status_code == 302
    assert sit(colleague("fourth"), two.token).status_code == 409
    assert (
        "Somebody has taken that seat already"
        in buyer.post(at("seat_group_take_back", group, two.pk), follow=True).content.decode()
    )
    two.refresh_from_db()
    assert two.state == "taken"


def test_a_new_link_shuts_the_old_one(selling: Cohort, buyer: Client, stripe: LocalStripe) -> None:
    group = bought(buyer, selling, stripe)
    buyer.post(at("seat_group_link", group))
    assert sit(colleague(), group.token).status_code == 404
    group.refresh_from_db()
    assert sit(colleague("other"), group.token).status_code == 302


def test_a_quote_that_is_not_paid_opens_no_seat(selling: Cohort, buyer: Client) -> None:
    group = quoted(buyer, selling)
    accept_first = colleague()
    assert sit(accept_first, group.token).status_code == 409


def test_who_leaves_frees_the_seat_for_the_company_and_gets_no_money(
    selling: Cohort, buyer: Client, stripe: LocalStripe, before: int
) -> None:
    group = bought(buyer, selling, stripe)
    person, next_one = colleague(), colleague("next")
    sit(person, group.token)
    leave = reverse("leave", args=[selling.study.slug, selling.number])
    page = sign_in(person).get(leave).content.decode()
    assert "no money comes back to you" in page
    assert sign_in(person).post(leave, {"seen": "0"}).status_code == 302
    assert not Refund.objects.exists()
    assert group.places.filter(state="reserved").count() == 3
    old = group.places.get(person=person)
    assert old.state == "cancelled"
    assert not old.payment_lines.exists()
    assert PaymentLine.objects.filter(enrollment__state="reserved").count() == 3
    assert len(letters(group.buyer, "group_vacated:")) == 1
    assert sit(next_one, group.token).status_code == 302
    assert sit(person, group.token).status_code == 302
    assert_books_match(stripe, selling, before)


def test_somebody_who_never_came_is_replaced_and_who_took_part_stays(
    selling: Cohort, buyer: Client, stripe: LocalStripe
) -> None:
    group = bought(buyer, selling, stripe)
    absent, there = colleague("absent"), colleague("there")
    for person in (absent, there):
        sit(person, group.token)
    Contribution.objects.create(enrollment=group.places.get(person=there), kind="post", key="post:x")
    for person in (absent, there, absent):
        buyer.post(at("seat_group_replace", group, group.places.get(person=person).public_id))
    assert state_of(*(group.places.get(person=person) for person in (absent, there))) == ["cancelled", "active"]
    assert group.places.filter(state="reserved").count() == 2
    assert_seats_match(selling)


def test_after_the_last_session_has_begun_no_seat_gets_a_name(
    selling: Cohort, buyer: Client, stripe: LocalStripe
) -> None:
    group = bought(buyer, selling, stripe)
    last = selling.sessions.order_by("-starts_at")[0]
    with time_machine.travel(last.starts_at - datetime.timedelta(minutes=1), tick=False):
        assert sit(colleague(), group.token).status_code == 302
    with time_machine.travel(last.starts_at, tick=False):
        assert sit(colleague("late"), group.token).status_code == 409
        buyer = sign_in(group.buyer)
        assert buyer.post(at("seat_group_people", group), {"emails": "a@example.com"}).status_code == 422
        assert not group.invitations.exists()
        seated = group.places.get(state="active")
        buyer.post(at("seat_group_replace", group, seated.public_id))
        assert state_of(seated) == ["active"]
        leave = reverse("leave", args=[selling.study.slug, selling.number])
        assert sign_in(seated.person).post(leave, {"seen": "0"}).status_code == 302
    assert state_of(seated) == ["cancelled"]
    assert group.places.filter(state="reserved").count() == 2  # the third is the cohort's again
    assert_seats_match(selling)


def test_a_seat_of_a_company_moves_to_no_later_cohort(
    selling: Cohort, study: object, buyer: Client, stripe: LocalStripe
) -> None:
    later = make_cohort(study, starts_on=selling.starts_on + datetime.timedelta(days=70))
    group = bought(buyer, selling, stripe)
    person = colleague()
    sit(person, group.token)
    move = reverse("move", args=[selling.study.slug, selling.number])
    assert later.get_absolute_url() not in sign_in(person).get(move).content.decode()
    sign_in(person).post(move, {"cohort": later.pk})
    assert not later.enrollments.exists()


# Money


def test_a_session_shares_each_seat_named_or_not_and_a_cohort_called_off_pays_the_company_back(
    selling: Cohort, host: User, buyer: Client, stripe: LocalStripe, before: int
) -> None:
    group = bought(buyer, selling, stripe)
    person = colleague()
    sit(person, group.token, subgroup=selling.subgroups.all()[0].pk)
    hurry()
    drain("drain_payments")
    first = selling.sessions.order_by("starts_at")[0]
    with time_machine.travel(first.ends_at + datetime.timedelta(minutes=1)):
        queue.drain("payments.drain_releases")
    assert LedgerEntry.objects.filter(transaction__cause__startswith="release:", account__kind="escrow").count() == 3
    cohorts.call_off(host, selling)
    queue.drain("cohorts.drain_cohort_news")
    for _ in range(2):
        drain()
    assert sum(Refund.objects.filter(line__payment__buyer=group.buyer).values_list("amount", flat=True)) == 405_000
    group.refresh_from_db()
    assert group.state == "ended"
    assert set(group.places.values_list("state", flat=True)) == {"cancelled"}
    assert "₩405,000" in letters(group.buyer, "group-called-off:")[0].text
    assert_books_match(stripe, selling, before)


def test_a_refund_of_one_seat_goes_to_the_company(
    selling: Cohort, host: User, buyer: Client, stripe: LocalStripe
) -> None:
    group = bought(buyer, selling, stripe)
    person = colleague()
    sit(person, group.token)
    place = group.places.get(person=person)
    url = reverse("member_refund", args=[place.public_id])
    assert sign_in(host).get(url).status_code == 200
    sign_in(host).post(url, {"amount": "10,000", "reason": "Sorry", "key": "2222222222", "sure": "1"})
    refund = Refund.objects.get()
    assert (refund.line.payment.buyer, refund.amount) == (group.buyer, 10_000)
    nameless = group.places.filter(person=None)[0]
    assert "한빛상회" in sign_in(host).get(reverse("member_refund", args=[nameless.public_id])).content.decode()


def test_minimums_count_seats_without_a_name(selling: Cohort, buyer: Client, stripe: LocalStripe) -> None:
    bought(buyer, selling, stripe)
    Cohort.objects.update(minimum=3, minimum_by=timezone.now())
    cohorts.decide_minimum(selling)
    selling.refresh_from_db()
    assert selling.minimum_met_at


def test_the_host_sees_companies_among_members_and_on_their_page(
    selling: Cohort, host: User, buyer: Client, stripe: LocalStripe
) -> None:
    quoted(buyer, selling)
    group = bought(buyer, selling, stripe)
    sit(colleague(), group.token)
    page = sign_in(host).get(companies.plan_url(selling)).content.decode()
    assert "한빛상회" in page
    assert "1 / 3" in page
    held = quoted(buyer, selling)
    accept(buyer, held)
    people = reverse("studio_people", args=[selling.study.slug, selling.number])
    assert "한빛상회 × 3" in sign_in(host).get(people, {"show": "paying"}).content.decode()
    export = reverse("studio_people_export", args=[selling.study.slug, selling.number])
    assert "한빛상회 × 3" in sign_in(host).get(export, {"show": "paying"}).content.decode()


def test_a_bank_that_takes_it_back_ends_the_seats(
    selling: Cohort, buyer: Client, stripe: LocalStripe, before: int
) -> None:
    group = bought(buyer, selling, stripe)
    person = colleague()
    sit(person, group.token)
    hurry()
    drain("drain_payments")
    disputed(stripe, Payment.objects.get(lines__enrollment__person=person), "lose")
    assert set(group.places.values_list("state", flat=True)) == {"cancelled"}
    assert len(letters(person, "group-seat-ended:")) == 1
    assert_books_match(stripe, selling, before)

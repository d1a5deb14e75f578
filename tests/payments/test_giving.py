"""Giving a seat to somebody: what goes over, what stays, who cannot take it, until when."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Membership, Presentation, SeatGift, Study, Subgroup
from cohorts.services import presentations, waiting
from payments.flows import checkout
from payments.models import LedgerTransaction, PaymentLine
from payments.services import giving, moving
from studyplatform.accounts.models import Consent, User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    assert_seats_match,
    begin,
)
from tests.payments.giving import FRIEND, address, answer, here, leave_soon, letter, offer, offered, plain, take_back
from tests.people import enroll, make_cohort, make_person, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(stripe: LocalStripe, before: int, cohort: Cohort, buyer: Client) -> Enrollment:
    """Somebody who has paid 150,000 won, and sits in the first group."""
    payment = begin(buyer, cohort, subgroup=cohort.subgroups.first().pk)
    stripe.pay(payment.reference)
    checkout.look(payment)
    return Enrollment.objects.get(payment_lines__payment=payment)


@pytest.fixture
def friend(db: None) -> User:
    return make_person("friend", "지우")


def test_what_goes_over_and_what_stays_is_shown_before_anything_happens(place: Enrollment) -> None:
    turn = presentations.claim(place.person, place.cohort.sessions.filter(subgroup=None).first())
    page = plain(sign_in(place.person).get(address(place)))
    for words in (
        "Your place in “소모임 1”",
        "The ₩150,000 paid for it",
        "goes to you",
        "Your turn on",
        "Your receipts",
    ):
        assert words in page
    assert Presentation.objects.get(pk=turn.pk).state == "claimed"


def test_a_seat_goes_over_with_its_group_and_its_money(
    stripe: LocalStripe, before: int, place: Enrollment, friend: User, partner: User
) -> None:
    turn = presentations.claim(place.person, place.cohort.sessions.filter(subgroup=None).first())
    booked = LedgerTransaction.objects.count()
    gift = offered(place)
    assert here(place.person, place)
    page = sign_in(friend).get(gift.get_absolute_url())
    assert "소모임 1" in plain(page)
    assert answer(gift, friend).headers["Location"] == reverse("space", args=[place.cohort.study.slug, 1])
    new = here(friend, place)
    assert new
    assert not here(place.person, place)
    assert (new.price, new.policy, new.terms, new.joined_at) == (
        place.price,
        place.policy,
        place.terms,
        place.joined_at,
    )
    assert Membership.objects.get(until=None).enrollment == new
    assert Subgroup.objects.get(pk=place.cohort.subgroups.first().pk).taken == 1
    assert Presentation.objects.get(pk=turn.pk).state == "passed"
    assert PaymentLine.objects.get().enrollment == new
    assert LedgerTransaction.objects.count() == booked  # nothing moved
    assert Consent.objects.filter(person=friend, kind="terms").exists()
    assert_books_match(stripe, place.cohort, before)
    for name, who in (("gift_taken", place.person), ("gift_welcome", friend), ("member_gave", partner)):
        assert letter(name).recipient == who
    gift.refresh_from_db()
    assert (gift.state, gift.email, gift.place) == ("taken", "", new)


def test_somebody_without_an_account_gets_the_letter_and_comes_back_to_it(place: Enrollment) -> None:
    gift = offered(place)
    sent = letter("gift_offered")
    assert (sent.address, sent.recipient) == (FRIEND, None)
    assert gift.token in sent.text
    assert sent.carries_key
    answered = answer(gift, None)
    assert answered.headers["Location"].startswith(reverse("account_signup"))
    assert gift.token in answered.headers["Location"]
    assert "account with the address" in plain(Client().get(gift.get_absolute_url(), headers={"accept-language": "en"}))
    assert answer(gift, make_person("friend", "지우")).status_code == 302


def test_only_who_has_the_address_takes_it(place: Enrollment, friend: User, host: User) -> None:
    gift = offered(place)
    assert answer(gift, host).status_code == 422
    page = sign_in(host).get(gift.get_absolute_url())
    assert page.context["why_not"]
    assert 'value="yes"' not in page.content.decode()
    assert here(place.person, place)
    assert answer(gift, friend).status_code == 302


def test_the_terms_are_asked_for(place: Enrollment, friend: User) -> None:
    gift = offered(place)
    assert sign_in(friend).post(gift.get_absolute_url(), {"answer": "yes"}).status_code == 422
    assert here(place.person, place)


def test_a_no_is_passed_on_and_the_seat_stays(place: Enrollment, friend: User) -> None:
    gift = offered(place)
    answer(gift, None, yes=False)
    gift.refresh_from_db()
    assert (gift.state, gift.email) == ("declined", "")
    assert letter("gift_declined").recipient == place.person
    assert answer(gift, friend).status_code == 422
    assert here(place.person, place)
    assert offer(place, "another@example.com").status_code == 302


def test_an_offer_is_taken_back_and_they_are_told_if_it_had_left(place: Enrollment, friend: User) -> None:
    gift = offered(place)
    take_back(place)
    assert Letter.objects.get(key=f"gift_offered:{gift.pk}").withdrawn_at
    assert not Letter.objects.filter(key__contains="gift_gone").exists()
    again = offered(place)
    queue.drain("mail.drain_letters")
    take_back(place)
    assert letter("gift_gone").recipient == friend
    assert answer(again, friend).status_code == 422
    assert here(place.person, place)


def test_one_seat_is_offered_to_one_person_at_a_time(place: Enrollment) -> None:
    offered(place)
    assert offer(place, "another@example.com").status_code == 422
    assert SeatGift.objects.count() == 1


@pytest.mark.parametrize("email", ["stranger@example.com", "STRANGER@example.com", "closed@example.com", "no address"])
def test_addresses_nobody_can_take_a_seat_with(place: Enrollment, email: str) -> None:
    make_person("closed", "닫힘", is_active=False)
    assert offer(place, email).status_code == 422
    assert not SeatGift.objects.exists()


def test_ten_people_a_day_and_no_more(place: Enrollment) -> None:
    for n in range(giving.MOST_A_DAY):
        giving.offer(place.person, place, name="지우", email=f"friend-{n}@example.com")
        giving.take_back(place.person, place)
    assert offer(place).status_code == 422
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25)):
        assert offer(place).status_code == 302


def test_who_is_in_already_or_is_paying_cannot_take_it(
    stripe: LocalStripe, place: Enrollment, member: User, friend: User
) -> None:
    gift = offered(place, member.email)
    page = plain(sign_in(member).get(gift.get_absolute_url()))
    assert "이미" in page or "already" in page
    assert answer(gift, member).status_code == 422
    take_back(place)
    begin(sign_in(friend), place.cohort)
    assert answer(offered(place), friend).status_code == 422
    assert here(place.person, place)
    assert_seats_match(place.cohort)


def test_who_waits_in_line_leaves_it_with_the_seat(study: Study, friend: User, member: User) -> None:
    full = make_cohort(study, capacity=1, amount=0)
    place = enroll(make_person("giver", "주는 이"), full)
    waiting.wait(friend, full)
    waiting.wait(member, full)
    gift = offered(place)
    assert answer(gift, friend).status_code == 302
    assert here(friend, place)
    assert Enrollment.objects.get(person=friend, state="cancelled")
    assert_seats_match(full)
    assert waiting.line(full).get().person == member


def test_a_host_says_whether_seats_are_given(place: Enrollment, friend: User, host: User) -> None:
    gift, study = offered(place), place.cohort.study
    page = sign_in(host).get(reverse("studio_study_edit", args=[study.slug]))
    assert page.context["form"]["gives_seats"].value() is True
    words = {"title": study.title, "promise": study.promise, "language": "ko", "wording": "study", "for_whom": "모두"}
    edit = reverse("studio_study_edit", args=[study.slug])
    assert sign_in(host).post(edit, {**words, "field": study.field}).status_code == 302
    assert "This seat cannot go over to you any more" in plain(english(friend).get(gift.get_absolute_url()))
    assert answer(gift, friend).status_code == 422
    take_back(place)
    assert "not given to others" in plain(sign_in(place.person).get(address(place)))
    assert offer(place).status_code == 422
    sign_in(host).post(edit, {**words, "field": study.field, "gives_seats": "on"})
    assert answer(offered(place), friend).status_code == 302


def test_an_offer_ends_after_three_days_or_with_the_last_session(place: Enrollment, friend: User) -> None:
    gift = offered(place)
    assert letter("gift_soon").due_at == gift.expires_at - datetime.timedelta(hours=24)
    with time_machine.travel(gift.expires_at, tick=False):
        assert answer(gift, friend).status_code == 422
        for _ in range(2):
            queue.drain("payments.drain_gifts")
    gift.refresh_from_db()
    assert gift.state == "expired"
    assert letter("gift_expired").recipient == place.person
    assert letter("gift_soon").withdrawn_at
    last = place.cohort.sessions.filter(subgroup=None).order_by("starts_at").last()
    with time_machine.travel(last.starts_at - datetime.timedelta(hours=5), tick=False):
        assert offered(place).expires_at == last.starts_at
    with time_machine.travel(last.starts_at, tick=False):
        queue.drain("payments.drain_gifts")
        assert offer(place).status_code == 422
        assert "last session has begun" in plain(sign_in(place.person).get(address(place)))


def test_nothing_ends_before_its_time(place: Enrollment, friend: User) -> None:
    gift = offered(place)
    queue.drain("payments.drain_gifts")
    assert answer(gift, friend).status_code == 302


def test_an_offer_ends_with_the_seat(place: Enrollment, friend: User) -> None:
    gift = offered(place)
    queue.drain("mail.drain_letters")
    leave_soon(place)
    assert answer(gift, friend).status_code == 422
    queue.drain("payments.drain_gifts")
    gift.refresh_from_db()
    assert gift.state == "gone"
    assert letter("gift_gone").recipient == friend


def test_who_is_moving_gives_nothing(place: Enrollment, friend: User, study: Study) -> None:
    day = timezone.now() + datetime.timedelta(days=90)
    later = make_cohort(study, amount=180_000, starts_on=day.date(), closes_at=day)
    gift = offered(place)
    payment = moving.move(place.person, place, later, seen=moving.quote(place, later).word)
    assert payment
    assert answer(gift, friend).status_code == 422
    take_back(place)
    assert offer(place).status_code == 422
    assert "moving to another cohort" in plain(sign_in(place.person).get(address(place)))


def test_only_members_give_and_only_guests_of_the_letter_look(place: Enrollment, host: User, friend: User) -> None:
    for who in (host, friend):
        assert sign_in(who).get(address(place)).status_code == 404
    assert Client().get(reverse("seat_gift", args=["2" * 32])).status_code == 404


def test_a_host_sees_what_is_on_the_way_and_what_became_of_it(place: Enrollment, friend: User, host: User) -> None:
    people = reverse("studio_people", args=[place.cohort.study.slug, 1])
    assert "Seats given" not in plain(sign_in(host).get(people))
    assert "넘기는 자리" not in plain(sign_in(host).get(people))
    gift = offered(place)
    page = sign_in(host).get(people)
    assert [row.stands for row in page.context["gifts"]] == [gift.stands]
    assert "지우" in plain(page)
    assert FRIEND not in plain(page)
    answer(gift, friend)
    page = sign_in(host).get(people)
    assert [row.place.person for row in page.context["gifts"]] == [friend]
    assert [row.person for row in page.context["page"]] == [friend]


def test_the_desk_reads_gifts_and_never_shows_the_link(place: Enrollment, friend: User, admin: User) -> None:
    gift, desk = offered(place), sign_in(admin)
    for there in (
        reverse("admin:cohorts_seatgift_changelist"),
        reverse("admin:cohorts_seatgift_change", args=[gift.pk]),
    ):
        page = desk.get(there).content.decode()
        assert "지우" in page
        assert gift.token not in page
    desk.post(reverse("admin:cohorts_seatgift_change", args=[gift.pk]), {"name": "다른 이"})
    desk.post(reverse("admin:cohorts_seatgift_delete", args=[gift.pk]), {"post": "yes"})
    gift.refresh_from_db()
    assert (gift.name, gift.state) == ("지우", "pending")
    sent = Letter.objects.get(about=f"gift:{gift.pk}", key__contains="gift_offered")
    assert gift.token in sent.text

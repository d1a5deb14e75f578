"""A company gives seats back by the refund rule of its quote: shown before, freed at once, paid back as it paid."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Contribution, SeatGroup, Seats
from payments.models import DepositAccount, DepositOrder, Refund
from payments.services import group_returns
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from studyplatform.mail.services import preferences
from tests.admin.desk import press, text
from tests.payments import deposits as bank
from tests.payments.buying import LocalStripe, assert_books_match, assert_seats_match, drain, hurry
from tests.payments.companies import at, bought, sell, sit
from tests.payments.disputing import disputed
from tests.payments.money_world import everything
from tests.payments.test_company_invoices import invoice_of, invoiced
from tests.payments.test_company_money import payment_of
from tests.payments.test_moving import plain
from tests.people import make_person, sign_in

pytestmark = pytest.mark.django_db
EACH = 135_000
ACCOUNT = {"bank": "신한은행", "holder": "한빛상회", "account": "110-222-333444"}


@pytest.fixture
def group(stripe: LocalStripe, before: int, host: User, cohort: Cohort, buyer: Client) -> SeatGroup:
    """Three seats, paid by card."""
    sell(host, cohort)
    return bought(buyer, cohort, stripe)


@pytest.fixture
def by_transfer(host: User, cohort: Cohort, buyer: Client) -> SeatGroup:
    """Three seats, paid by invoice."""
    account: DepositAccount = bank.switch_on(host, cohort)
    sell(host, cohort, invoice_days="20")
    made = invoiced(buyer, cohort)
    bank.paid_in(account, invoice_of(made))
    made.refresh_from_db()
    assert made.state == "paid"
    return made


def names(group: SeatGroup, number: int = 3) -> list[str]:
    free = group.places.filter(state="reserved").order_by("pk")
    return list(free.values_list("public_id", flat=True)[:number])


def look(group: SeatGroup, *seats: str) -> str:
    return plain(sign_in(group.buyer).post(at("seat_group_back", group), {"seats": seats}))


def give(group: SeatGroup, seen: int, *seats: str, **more: str) -> int:
    """Press the last button, as the page was shown; return the answer's status."""
    asked = {"seats": seats, "seen": seen, "sure": "1", **more}
    status = sign_in(group.buyer).post(at("seat_group_back", group), asked).status_code
    group.refresh_from_db()
    return int(status)


def test_what_comes_back_stands_there_before_anything_happens(group: SeatGroup) -> None:
    page = sign_in(group.buyer).get(group.get_absolute_url()).content.decode()
    assert at("seat_group_back", group) in page
    assert "₩135,000" in plain(sign_in(group.buyer).get(at("seat_group_back", group)))
    preview = look(group, *names(group, 2))
    assert "Give 2 seats back?" in preview
    assert "₩270,000 goes back the way you paid" in preview
    assert group.policy.get_preset_display() in preview
    assert not Refund.objects.exists()
    assert group.places.filter(state="reserved").count() == 3


def test_some_seats_go_back_to_the_card_and_are_free_for_others(
    stripe: LocalStripe, before: int, group: SeatGroup, cohort: Cohort
) -> None:
    assert give(group, 2 * EACH, *names(group, 2)) == 302
    assert sorted(Refund.objects.values_list("amount", "cause")) == [(EACH, "seat_back")] * 2
    assert (group.state, Seats.objects.get(cohort=cohort).taken) == ("paid", 1)
    hurry()
    drain()
    assert set(Refund.objects.values_list("state", flat=True)) == {"succeeded"}
    told = Letter.objects.get(recipient=group.buyer, key__startswith="group-seats-back:")
    assert "₩270,000" in told.text
    assert not Letter.objects.filter(key__startswith="refund_owed").exists()  # one letter, not one for each seat
    assert "0 of 1 seats have a name" in plain(sign_in(group.buyer).get(group.get_absolute_url()))
    assert_books_match(stripe, cohort, before)


def test_the_last_seat_ends_the_group(group: SeatGroup, cohort: Cohort) -> None:
    assert give(group, 3 * EACH, *names(group)) == 302
    assert group.state == "ended"
    assert at("seat_group_back", group) not in sign_in(group.buyer).get(group.get_absolute_url()).content.decode()
    assert give(group, 0, *names(group)) == 302  # to the company's page
    assert Refund.objects.count() == 3
    assert_seats_match(cohort)


def test_the_rule_counts_the_sessions_that_were_held(group: SeatGroup, cohort: Cohort) -> None:
    first, second, *_rest = cohort.sessions.filter(subgroup=None).order_by("starts_at")
    with time_machine.travel(first.starts_at + datetime.timedelta(minutes=1), tick=False):
        preview = look(group, *names(group, 1))
        assert "₩101,250 goes back" in preview  # three of four sessions are to come
        assert give(group, EACH, *names(group, 1)) == 422  # what was shown before it began
        assert not Refund.objects.exists()
        assert give(group, 101_250, *names(group, 1)) == 302
    with time_machine.travel(second.starts_at + datetime.timedelta(minutes=1), tick=False):
        assert give(group, 67_500, *names(group, 1)) == 302
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [67_500, 101_250]


def test_what_the_host_gave_before_is_less(group: SeatGroup, host: User) -> None:
    place = group.places.order_by("pk")[0]
    asked = {"amount": "35,000", "reason": "늦게 시작해서요", "key": "2222222222", "sure": "1"}
    sign_in(host).post(reverse("member_refund", args=[place.public_id]), asked)
    assert "₩100,000 goes back" in look(group, place.public_id)
    assert give(group, 100_000, place.public_id) == 302


def test_who_never_came_loses_the_place_and_is_told_and_who_took_part_keeps_it(group: SeatGroup) -> None:
    idle, busy = make_person("idle", "한가"), make_person("busy", "바쁨")
    for person in (idle, busy):
        sit(person, group.token)
    taken = {one.person: one for one in group.places.filter(state="active").select_related("person")}
    Contribution.objects.create(enrollment=taken[busy], kind="attendance", key="s1")
    assert "바쁨" not in plain(sign_in(group.buyer).get(at("seat_group_back", group)))
    assert give(group, EACH, taken[busy].public_id) == 422
    assert "한가" in look(group, taken[idle].public_id)
    assert give(group, EACH, taken[idle].public_id) == 302
    assert {one.person: one.state for one in group.places.exclude(person=None)} == {idle: "cancelled", busy: "active"}
    assert "돌려" in Letter.objects.get(recipient=idle, key__startswith="group-seat-ended:").text


def test_a_seat_kept_for_somebody_is_asked_back_first(group: SeatGroup) -> None:
    sign_in(group.buyer).post(at("seat_group_people", group), {"emails": "new@example.com"})
    assert give(group, 3 * EACH, *names(group)) == 422
    assert not Refund.objects.exists()
    assert give(group, 2 * EACH, *names(group, 2)) == 302


def test_only_who_bought_them_gives_them_back(group: SeatGroup, host: User, member: User) -> None:
    for person in (host, member):
        asked = {"seats": names(group, 1), "seen": EACH, "sure": "1"}
        assert sign_in(person).post(at("seat_group_back", group), asked).status_code == 404
    assert group.places.filter(state="reserved").count() == 3


def test_nothing_is_given_back_while_the_bank_decides(stripe: LocalStripe, group: SeatGroup) -> None:
    disputed(stripe, payment_of(group))
    assert give(group, EACH, *names(group, 1)) == 422
    assert group.places.filter(state="reserved").count() == 3


def test_a_cohort_that_ends_meanwhile_gives_nothing_back(group: SeatGroup) -> None:
    Cohort.objects.update(state="finished")
    with pytest.raises(Refused) as refused:
        group_returns.give_back(group.buyer, group, names(group, 1), seen=EACH)
    assert refused.value.code == "over"
    assert not Refund.objects.exists()


@pytest.mark.parametrize("chosen", [[], ["nobody"]])
def test_no_seat_or_one_that_is_gone_is_not_given_back(group: SeatGroup, chosen: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        group_returns.give_back(group.buyer, group, chosen, seen=0)
    assert refused.value.field == "seats"
    assert not Letter.objects.filter(key__startswith="group-seats-back:").exists()


def test_the_same_press_twice_is_one_refund(group: SeatGroup) -> None:
    chosen = names(group, 1)
    assert give(group, EACH, *chosen) == 302
    assert give(group, EACH, *chosen) == 422
    assert Refund.objects.get().amount == EACH


# Paid by invoice


def test_a_deposit_goes_back_to_the_account_it_is_asked_for(by_transfer: SeatGroup) -> None:
    chosen = names(by_transfer, 2)
    assert "Where the money goes back to" in look(by_transfer, *chosen)
    assert give(by_transfer, 2 * EACH, *chosen) == 422
    assert give(by_transfer, 2 * EACH, *chosen, **{**ACCOUNT, "account": "12"}) == 422
    assert not Refund.objects.exists()
    assert give(by_transfer, 2 * EACH, *chosen, **ACCOUNT) == 302
    assert "110222333444" not in DepositOrder.objects.get().account_sealed
    drain("drain_refunds")
    desk = bank.at_desk()
    refund = Refund.objects.filter(state="manual")[0]
    assert "신한은행 110222333444 한빛상회" in text(press(desk, "payments.refund", "sent_by_hand", refund))
    assert everything() == 0
    assert "Where the money goes back to" not in look(by_transfer, *names(by_transfer, 1))  # known now
    assert "신한은행" in Letter.objects.get(key__startswith="group-seats-back:").text


def test_seats_that_are_not_paid_for_are_not_given_back(host: User, cohort: Cohort, buyer: Client) -> None:
    sell(host, cohort, invoice_days="20")
    owing = invoiced(buyer, cohort)
    assert at("seat_group_back", owing) not in buyer.get(owing.get_absolute_url()).content.decode()
    assert give(owing, 0, *names(owing)) == 302
    assert owing.places.filter(state="reserved").count() == 3


# The host


def told_to(host: User) -> Letter:
    return Letter.objects.get(recipient=host, key__startswith="group-seats-came-back:")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["has given 2 seats back", "has 1.", "goes back to it"]),
        ("ko", ["자리 2개를 돌려줬어요", "이제 1개", "돌려드려요"]),
    ],
)
def test_the_host_is_told_how_many_are_left(group: SeatGroup, host: User, language: str, said: list[str]) -> None:
    User.objects.filter(pk=host.pk).update(language=language)
    idle = make_person("idle", "한가")
    sit(idle, group.token)
    seat = group.places.get(person=idle)
    assert not Letter.objects.filter(key__startswith="group-seats-came-back:").exists()
    assert give(group, 2 * EACH, seat.public_id, *names(group, 1)) == 302
    letter = told_to(host)
    for written in (f"{letter.shown_subject} {letter.text}", letter.html):
        assert [one for one in [*said, "270,000", "한가", "한빛상회"] if one not in written] == []
    assert reverse("studio_seat_groups", args=[group.cohort.study.slug, group.cohort.number]) in letter.text
    assert not Letter.objects.filter(recipient=group.buyer, key__startswith="group-seats-came-back:").exists()


def test_the_last_seats_and_no_money_are_said_so(group: SeatGroup, host: User, cohort: Cohort) -> None:
    last = cohort.sessions.filter(subgroup=None).latest("starts_at")
    with time_machine.travel(last.starts_at + datetime.timedelta(minutes=1), tick=False):
        assert give(group, 0, *names(group)) == 302
    letter = told_to(host)
    assert "이제 없어요" in letter.text
    assert "돌려드릴 돈은 없어요" in letter.text
    assert "이 자리에 있던 분" not in letter.text


def test_who_stopped_letters_of_who_leaves_gets_none(group: SeatGroup, host: User) -> None:
    preferences.choose(host, "member_left", wanted=False)
    assert give(group, EACH, *names(group, 1)) == 302
    assert not Letter.objects.filter(key__startswith="group-seats-came-back:").exists()


def test_the_hosts_list_and_the_companys_page_count_what_is_left(group: SeatGroup, host: User, admin: User) -> None:
    pages = {
        host: reverse("studio_seat_groups", args=[group.cohort.study.slug, group.cohort.number]),
        admin: reverse("admin:cohorts_seatgroup_changelist"),
    }
    before = {person: plain(sign_in(person).get(at)) for person, at in pages.items()}
    assert "0 / 3" in before[host]
    assert "돌려줌" not in before[host]
    assert give(group, 2 * EACH, *names(group, 2)) == 302
    for person, page in pages.items():
        assert "0 / 1" in plain(sign_in(person).get(page))
    assert "2개 돌려줌" in plain(sign_in(host).get(pages[host]))
    mine = plain(sign_in(group.buyer).get(group.get_absolute_url()))
    assert "You bought 3 seats and have given 2 back." in mine
    assert "한빛상회: 1 seat " in mine

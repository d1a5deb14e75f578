"""Paying by bank deposit: chosen on the join page, held until a deadline, found in the bank's file."""

import datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation

from cohorts.models import Cohort, Enrollment, Seats
from cohorts.services import seats
from payments.models import BankDeposit, DepositAccount, DepositOrder, DepositPlan, Payment, Receipt
from payments.services import deposit_orders, deposit_plans, joining
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
from tests.admin.desk import press, text
from tests.payments import deposits as bank
from tests.payments.buying import LocalStripe, assert_seats_match, balance, begin, join, join_url, return_url
from tests.payments.money_world import everything
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(host: User, cohort: Cohort) -> DepositAccount:
    return bank.switch_on(host, cohort)


def place(payment: Payment) -> Enrollment:
    return Enrollment.objects.get(payment_lines__payment=payment)


def drained() -> None:
    queue.drain("payments.drain_payments")
    queue.drain("cohorts.drain_holds")
    queue.drain("cohorts.drain_offers")


def letters(person: User, key: str) -> list[Letter]:
    return list(Letter.objects.filter(recipient=person, key__startswith=key))


def test_a_host_switches_it_on_and_nobody_is_told_the_account_before_the_desk_confirmed_it(
    host: User, cohort: Cohort, buyer: Client
) -> None:
    studio = sign_in(host)
    assert not studio.get(bank.plan_url(cohort)).context["form"]["on"].value()
    studio.post(bank.plan_url(cohort), {"on": "on", "hours": "24", "share": "50", **bank.ACCOUNT})
    account = DepositAccount.objects.get()
    assert bank.NUMBER.replace("-", "") not in account.account_sealed
    assert account.account_ending == "9012"
    assert 'value="bank"' not in buyer.get(join_url(cohort)).content.decode()
    assert join(buyer, cohort, provider="bank").status_code == 422
    desk = bank.at_desk()
    assert "123456789012" in text(press(desk, "payments.depositaccount", "confirm", account))
    press(desk, "payments.depositaccount", "confirm", account, apply="1")
    account.refresh_from_db()
    confirmed_at = account.confirmed_at
    assert "It is confirmed already." in text(press(desk, "payments.depositaccount", "confirm", account, apply="1"))
    account.refresh_from_db()
    assert account.confirmed_at == confirmed_at
    assert 'value="bank"' in buyer.get(join_url(cohort)).content.decode()
    studio.post(bank.plan_url(cohort), {"hours": "24", "share": "50", "bank": "국민은행", "holder": "두루"})
    assert 'value="bank"' not in buyer.get(join_url(cohort)).content.decode()


@pytest.mark.parametrize(
    "more",
    [{"hours": "49"}, {"hours": "0"}, {"share": "101"}, {"account": "12"}, {"account": ""}, {"bank": "=a"}],
)
def test_a_plan_out_of_bounds_is_refused(host: User, cohort: Cohort, more: dict[str, str]) -> None:
    told = {"on": "on", "hours": "24", "share": "50", **bank.ACCOUNT, **more}
    assert sign_in(host).post(bank.plan_url(cohort), told).status_code == 422
    assert not DepositPlan.objects.exists()


def test_no_plan_is_without_an_account(host: User, cohort: Cohort) -> None:
    told = {"on": True, "share": 5_000, "hours": 24}
    with pytest.raises(Refused) as refused:
        deposit_plans.save(host, cohort, **told, bank="국민은행", holder="두루", account="")
    assert refused.value.field == "account"


def test_postgresql_holds_48_hours_the_share_and_one_line_of_the_bank_once(account: DepositAccount) -> None:
    for values in ({"hours": 49}, {"hours": 0}, {"share": 0}, {"share": 10_001}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DepositPlan.objects.update(**values)
    BankDeposit.objects.create(account=account, reference="7", at=timezone.now(), amount=1)
    for values in ({"amount": 2}, {"reference": "8", "amount": 0}, {"reference": "9", "amount": 1, "state": "matched"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BankDeposit.objects.create(**{"account": account, "reference": "7", "at": timezone.now(), **values})


def test_only_for_cohorts_in_won(host: User, study: object) -> None:
    dollars = make_cohort(study, currency="USD", amount=4_900)
    studio = sign_in(host)
    assert 'name="hours"' not in studio.get(bank.plan_url(dollars)).content.decode()
    studio.post(bank.plan_url(dollars), {"on": "on", "hours": "24", "share": "50", **bank.ACCOUNT})
    assert not DepositPlan.objects.exists()


def test_from_choosing_to_the_receipt_it_is_one_number(
    account: DepositAccount, cohort: Cohort, buyer: Client, stranger: User
) -> None:
    payment = bank.choose(buyer, cohort)
    asks = bank.page_text(buyer, payment)
    assert "One thing before you transfer" in asks
    assert "123456789012" not in asks
    assert place(payment).hold_until <= timezone.now() + datetime.timedelta(minutes=35)
    shown = bank.tell(buyer, payment).content.decode()
    order = DepositOrder.objects.get()
    for words in ("Transfer ₩150,000", "123456789012", "국민은행", f"Daniel Cho {order.code}", "data-copy"):
        assert words in shown
    assert "110222333444" not in order.account_sealed
    assert place(payment).hold_until == order.deadline == order.created_at + datetime.timedelta(hours=24)
    letter = letters(stranger, "deposit-asked")[0]
    for words in ("₩150,000", "123456789012", order.code):
        assert words in letter.text
    assert "is awaited" in buyer.get("/account/payments/").content.decode()
    bank.paid_in(account, payment)
    assert (payment.state, place(payment).state, payment.method) == ("paid", "active", "국민은행 …9012")
    assert Receipt.objects.get().payment == payment
    assert letters(stranger, "joined")
    assert "₩150,000" in buyer.get("/account/payments/").content.decode()
    assert (balance("bank"), balance("deposits"), balance("escrow"), everything()) == (150_000, 0, -150_000, 0)
    assert_seats_match(cohort)


def test_the_account_is_only_shown_to_the_buyer(
    account: DepositAccount, cohort: Cohort, buyer: Client, host: User
) -> None:
    payment = bank.order(buyer, cohort)
    assert sign_in(host).get(return_url(payment)).status_code == 404
    assert bank.tell(sign_in(host), payment).status_code == 404
    page = sign_in(host).get(bank.plan_url(cohort)).content.decode()
    assert payment.deposit_order.code in page
    money = sign_in(host).get("/studio/money/", headers={"Accept-Language": "ko"}).content.decode()
    assert "국민은행 …9012" in money
    assert "150,000원" in money
    assert "123456789012" not in page


@pytest.mark.parametrize("more", [{"account": "12"}, {"depositor": ""}, {"holder": "=cmd"}, {"bank": ""}])
def test_without_an_account_to_go_back_to_there_is_no_code(
    account: DepositAccount, cohort: Cohort, buyer: Client, more: dict[str, str]
) -> None:
    payment = bank.choose(buyer, cohort)
    answer = bank.tell(buyer, payment, **more)
    assert answer.status_code == 422
    assert "123456789012" not in answer.content.decode()
    assert DepositOrder.objects.get().deadline is None


def test_the_hold_ends_at_the_deadline_and_who_waits_gets_the_seat(
    account: DepositAccount, cohort: Cohort, buyer: Client, stranger: User
) -> None:
    from cohorts.services import waiting

    payment = bank.order(buyer, cohort)
    Seats.objects.filter(cohort=cohort).update(capacity=1)
    waiting.wait(make_person("next", "다음"), cohort)
    end = payment.expires_at
    with time_machine.travel(end - datetime.timedelta(hours=5), tick=False):
        for _n in range(2):
            Payment.objects.update(due_at=timezone.now())
            drained()
        assert len(letters(stranger, "deposit-soon")) == 1
        assert place(payment).state == "held"
    with time_machine.travel(end + datetime.timedelta(seconds=1), tick=False):
        drained()
        drained()
        payment.refresh_from_db()
        assert (payment.state, place(payment).state) == ("expired", "expired")
        assert Enrollment.objects.get(person__handle="next").state == "offered"
        assert "The time to pay ran out" in bank.page_text(buyer, payment)
    assert_seats_match(cohort)


def test_a_deadline_is_never_after_joining_closes(account: DepositAccount, cohort: Cohort, buyer: Client) -> None:
    Cohort.objects.update(closes_at=timezone.now() + datetime.timedelta(hours=5))
    payment = bank.order(buyer, cohort)
    assert payment.expires_at == Cohort.objects.get().closes_at
    Cohort.objects.update(closes_at=timezone.now() + datetime.timedelta(hours=2))
    assert 'value="bank"' not in sign_in(make_person("late", "늦음")).get(join_url(cohort)).content.decode()


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda: DepositPlan.objects.update(on=False),
        lambda: DepositAccount.objects.update(confirmed_at=None),
        lambda: Cohort.objects.update(closes_at=timezone.now() + datetime.timedelta(hours=1)),
        lambda: DepositPlan.objects.all().delete(),
    ],
    ids=["off", "account", "closing", "no-plan"],
)
def test_what_the_page_offered_is_looked_at_again_with_the_seat(
    account: DepositAccount, cohort: Cohort, stranger: User, meanwhile: Any
) -> None:
    meanwhile()
    with pytest.raises(Refused) as refused:
        joining.open_for(stranger, cohort, provider="bank")
    assert refused.value.field == "provider"
    assert not Enrollment.objects.filter(person=stranger).exists()


def test_names_come_too_late_for_a_payment_that_is_over(account: DepositAccount, cohort: Cohort, buyer: Client) -> None:
    payment = bank.choose(buyer, cohort)
    buyer.post(f"/checkout/{payment.public_id}/give-up/")
    with pytest.raises(Refused, match="over"), translation.override("en"):
        deposit_orders.name(payment, **bank.MINE)
    assert DepositOrder.objects.get().deadline is None


@pytest.mark.parametrize("change", [{"closes_at": timezone.now()}, {"state": "called_off"}], ids=["closes", "off"])
def test_names_come_too_late_for_a_seat_that_can_wait_no_more(
    account: DepositAccount, cohort: Cohort, buyer: Client, change: dict[str, Any]
) -> None:
    payment = bank.choose(buyer, cohort)
    Cohort.objects.update(**change)
    seats.expire(place(payment))
    assert "123456789012" not in bank.tell(buyer, payment).content.decode()
    assert DepositOrder.objects.get().deadline is None


def test_no_more_seats_than_the_share_wait_for_a_deposit(account: DepositAccount, cohort: Cohort) -> None:
    browsers = [sign_in(make_person(f"b-{n}", f"이 {n}")) for n in range(4)]
    for browser in browsers[:3]:  # half of six seats
        bank.choose(browser, cohort)
    assert 'value="bank"' not in browsers[3].get(join_url(cohort)).content.decode()
    assert join(browsers[3], cohort, provider="bank").status_code == 422
    bank.choose(browsers[0], cohort)  # again: the same
    assert Payment.objects.count() == 3
    bank.tell(browsers[0], Payment.objects.order_by("pk")[0])
    bank.paid_in(account, Payment.objects.order_by("pk")[0])  # what is paid does not wait any more
    bank.choose(browsers[3], cohort)


def test_from_card_to_deposit_and_back_the_seat_stays(
    account: DepositAccount, cohort: Cohort, buyer: Client, stripe: LocalStripe
) -> None:
    Seats.objects.filter(cohort=cohort).update(capacity=1)
    card = begin(buyer, cohort)
    seat = place(card)
    deposit = bank.order(buyer, cohort)
    card.refresh_from_db()
    assert (card.state, place(deposit)) == ("expired", seat)
    again = begin(buyer, cohort, provider="stripe")
    deposit.refresh_from_db()
    assert (deposit.state, place(again)) == ("expired", seat)
    assert place(again).hold_until < timezone.now() + datetime.timedelta(minutes=36)
    stripe.pay(again.reference)
    buyer.get(return_url(again))
    again.refresh_from_db()
    assert again.state == "paid"
    assert_seats_match(cohort)


def test_letting_the_seat_go_frees_it(account: DepositAccount, cohort: Cohort, buyer: Client) -> None:
    payment = bank.order(buyer, cohort)
    buyer.post(f"/checkout/{payment.public_id}/give-up/")
    payment.refresh_from_db()
    assert (payment.state, place(payment).state) == ("expired", "expired")
    assert_seats_match(cohort)


def test_money_after_the_deadline_takes_a_free_seat_or_goes_back_by_hand(
    account: DepositAccount, cohort: Cohort, buyer: Client, stranger: User
) -> None:
    first = bank.order(buyer, cohort)
    other = sign_in(make_person("second", "둘째"))
    second = bank.order(other, cohort)
    for payment in (first, second):
        buyer.post(f"/checkout/{payment.public_id}/give-up/")
        other.post(f"/checkout/{payment.public_id}/give-up/")
    Seats.objects.filter(cohort=cohort).update(capacity=1)
    bank.paid_in(account, first, number=1)
    bank.paid_in(account, second, number=2)
    assert (place(first).state, place(second).state) == ("active", "expired")
    refund = second.lines.get().refunds.get()
    queue.drain("payments.drain_refunds")
    refund.refresh_from_db()
    assert (refund.state, refund.cause, refund.amount) == ("manual", "late", 150_000)
    desk = bank.at_desk()
    assert "110222333444" in text(press(desk, "payments.refund", "sent_by_hand", refund))
    press(
        desk, "payments.refund", "sent_by_hand", refund, apply="1", on=timezone.localdate().isoformat(), reference="T1"
    )
    assert (balance("bank"), balance("paying"), balance("deposits"), everything()) == (150_000, 0, 0, 0)
    assert_seats_match(cohort)


def test_who_leaves_gets_it_back_to_their_account(account: DepositAccount, cohort: Cohort, buyer: Client) -> None:
    payment = bank.order(buyer, cohort)
    bank.paid_in(account, payment)
    url = f"/c/{cohort.study.slug}/{cohort.number}/leave/"
    buyer.post(url, {"seen": "150000"})
    queue.drain("payments.drain_refunds")
    assert payment.lines.get().refunds.get().state == "manual"
    assert (balance("escrow"), balance("paying"), everything()) == (0, -150_000, 0)


def test_a_called_off_cohort_ends_what_waits_and_gives_all_back(
    account: DepositAccount, cohort: Cohort, buyer: Client, host: User
) -> None:
    from cohorts.services import cohorts as verbs

    paid, waits = bank.order(buyer, cohort), bank.order(sign_in(make_person("two", "둘")), cohort)
    bank.paid_in(account, paid)
    verbs.call_off(host, cohort)
    for name in ("cohorts.drain_cohort_news", "payments.drain_called_off", "payments.drain_payments"):
        queue.drain(name)
    waits.refresh_from_db()
    assert waits.state == "expired"
    assert paid.lines.get().refunds.get().cause == "called_off"
    bank.paid_in(account, waits, number=9)
    assert waits.lines.get().refunds.get().cause == "called_off"
    assert balance("escrow") == 0


def test_an_account_named_before_needs_no_second_look(account: DepositAccount, other_host: User) -> None:
    other = make_cohort(make_study(other_host, slug="bread", title="동네 빵"))
    bank.switch_on(other_host, other)
    assert DepositAccount.objects.count() == 1
    assert 'value="bank"' in sign_in(make_person("x", "엑스")).get(join_url(other)).content.decode()


def test_a_free_seat_asks_nothing(account: DepositAccount, study: object, host: User) -> None:
    free = make_cohort(study, amount=0)
    assert 'value="bank"' not in sign_in(make_person("y", "와이")).get(join_url(free)).content.decode()

"""Each night banks' files are compared with our books: what came in, what is owed back, the balance."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from payments.models import (
    BankDeposit,
    BankMovement,
    DepositAccount,
    DepositReturn,
    Difference,
    Payment,
    Payout,
    PayoutBatch,
)
from payments.services import bank_movements, batches, ledger, reconciliations
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from tests.admin.desk import press, staff, text
from tests.payments import deposits as bank
from tests.payments.bank_nights import DAY, TABLE, WON, found, give_back, read, sent, sides, with_the_bank
from tests.payments.buying import balance
from tests.payments.money_world import everything
from tests.payments.nights import a_night, kinds
from tests.people import make_person, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough", "own_stripe")]


@pytest.fixture
def account(host: User, cohort: Cohort) -> DepositAccount:
    return bank.switch_on(host, cohort)


@pytest.fixture
def payment(account: DepositAccount, cohort: Cohort, buyer: Client) -> Payment:
    return bank.order(buyer, cohort)


@pytest.fixture
def batch(admin: User) -> PayoutBatch:
    return with_the_bank(admin)


@pytest.fixture
def desk(db: None) -> Client:
    return sign_in(staff("cures", "payments.view_difference", "payments.handle_differences", language="en"))


def test_what_the_bank_shows_and_we_booked_is_no_difference(
    account: DepositAccount, payment: Payment, batch: PayoutBatch, buyer: Client, admin: User
) -> None:
    """In and out, by number, by reference and by amount, and the balance after each."""
    code = payment.deposit_order.code
    read(account, bank.line(f"조다니 {code}", 150_000, 1, there=250_000), bank.line("모름", 7_000, 2, there=257_000))
    buyer.post(f"/c/{payment.lines.get().enrollment.cohort.study.slug}/1/leave/", {"seen": "150000"})
    queue.drain("payments.drain_refunds")
    sent(payment.lines.get().refunds.get(), "payments.refund", "sent_by_hand", "T1")
    give_back()
    sent(DepositReturn.objects.get(), "payments.depositreturn", "sent", "by phone")
    batches.confirm(admin, batch, {})
    first, second = Payout.objects.order_by("pk")
    read(
        account,
        bank.line("조다니", -150_000, "T1", there=107_000),
        bank.line("모름", -7_000, 4, there=100_000),
        bank.line(f"P{second.pk} 받는이", -WON, 5, there=WON),
        bank.line(f"급여P{first.pk}", -WON, 6, there=0),
    )
    a_night()
    assert not Difference.objects.exists()
    named = list(BankMovement.objects.order_by("pk").values_list("stands_for", flat=True))
    assert [name.partition(":")[0] for name in named] == [
        *("deposit", "deposit", "refund", "deposit_sent", "payout-paid", "payout-paid"),
    ]
    assert named[4] == f"payout-paid:{second.pk}"
    assert (balance("bank"), everything()) == (0, 0)


def test_a_line_that_was_lost_here_is_taken_in_again(account: DepositAccount, payment: Payment) -> None:
    BankMovement.objects.create(
        account=account, reference="9", at=timezone.now(), amount=150_000, words=payment.deposit_order.code
    )
    a_night()
    assert kinds("cured") == ["deposit_lost"]
    payment.refresh_from_db()
    assert (payment.state, balance("bank"), balance("escrow")) == ("paid", 150_000, -150_000)
    a_night()
    assert kinds() == []


def test_a_deposit_that_is_not_booked_is_booked(account: DepositAccount) -> None:
    values = {"account": account, "reference": "9", "at": timezone.now(), "amount": 5_000, "words": "모름"}
    BankMovement.objects.create(**values)
    BankDeposit.objects.create(**values)
    a_night()
    assert (kinds("cured"), kinds()) == (["deposit_unbooked"], [])
    assert (balance("bank"), balance("deposits")) == (5_000, -5_000)


def test_a_deposit_no_file_shows_is_never_booked(account: DepositAccount, desk: Client) -> None:
    BankDeposit.objects.create(account=account, reference="9", at=timezone.now(), amount=5_000)
    row = found()
    assert sides(row) == ("deposit_strange", 5_000, None)
    assert "still there" in text(press(desk, TABLE, "compare_again", row, sure="1"))
    assert balance("bank") == 0


def test_a_booking_of_a_deposit_there_is_none_of(account: DepositAccount) -> None:
    at_bank, unknown = (ledger.account(kind, "KRW") for kind in ("bank", "deposits"))
    ledger.post("deposit:987654", {at_bank: 5_000, unknown: -5_000})
    assert sides(found()) == ("deposit_strange", 5_000, None)


@pytest.mark.parametrize("wrong", [BankDeposit, BankMovement])
def test_two_amounts_for_one_deposit(account: DepositAccount, wrong: Any) -> None:
    read(account, bank.line("모름", 5_000, 1))
    wrong.objects.update(amount=4_000)
    shown = BankMovement.objects.get().amount
    row = found()
    assert sides(row) == ("deposit_amount", 9_000 - shown, shown)
    wrong.objects.update(amount=5_000)
    a_night()
    assert kinds() == []


def test_all_the_money_came_and_nobody_has_the_seat(account: DepositAccount, payment: Payment) -> None:
    read(account, bank.line("모름", 150_000, 1))
    BankDeposit.objects.update(state="matched", payment=payment)  # and whoever did it died
    a_night()
    assert (kinds("cured"), kinds()) == (["deposit_unsold"], [])
    assert Enrollment.objects.get(payment_lines__payment=payment).state == "active"


def test_paid_and_the_money_did_not_come(account: DepositAccount, payment: Payment, desk: Client) -> None:
    bank.paid_in(account, payment)
    other = bank.order(sign_in(make_person("two", "둘")), payment.lines.get().enrollment.cohort)
    BankDeposit.objects.update(payment=other, state="returned")
    row = found()
    assert sides(row) == ("deposit_unsold", 150_000, 0)
    assert "still there" in text(press(desk, TABLE, "compare_again", row, sure="1"))


def test_a_sale_by_deposit_that_is_not_booked(account: DepositAccount, payment: Payment) -> None:
    bank.paid_in(account, payment)
    Payment.objects.filter(pk=payment.pk).update(amount=140_000)
    a_night()
    assert kinds() == ["deposit_unsold", "unsold"]


def test_owed_back_for_days_and_not_sent(account: DepositAccount, payment: Payment, buyer: Client) -> None:
    bank.paid_in(account, payment)
    read(account, bank.line("모름", 5_000, 2))
    buyer.post(f"/c/{payment.lines.get().enrollment.cohort.study.slug}/1/leave/", {"seen": "150000"})
    queue.drain("payments.drain_refunds")
    give_back()
    a_night()
    assert kinds() == []
    with time_machine.travel(timezone.now() + 4 * DAY):
        a_night()
        assert kinds() == ["back_late", "back_late"]
        sent(DepositReturn.objects.get(), "payments.depositreturn", "sent", "T2")
        sent(payment.lines.get().refunds.get(), "payments.refund", "sent_by_hand", "T1")
        a_night()
        assert (kinds(), kinds("cured")) == ([], ["back_late", "back_late"])


def test_only_what_the_platform_may_carry_is_carried(account: DepositAccount, desk: Client) -> None:
    BankMovement.objects.create(account=account, reference="1", at=timezone.now(), amount=5_000)
    read(account, bank.line("모름", 6_000, 2))
    BankDeposit.objects.filter(reference="2").update(amount=4_000)
    a_night()
    row = Difference.objects.get(state="open")
    page = text(press(desk, TABLE, "carry", row, apply="1", note="x"))
    assert (row.kind, "The platform cannot carry this difference." in page) == ("deposit_amount", True)
    assert balance("platform") == 0


@pytest.mark.parametrize("backwards", [False, True])
def test_a_part_of_the_statement_that_was_not_read(account: DepositAccount, backwards: bool) -> None:
    """Many banks tell only the day, the newest line first or last: balances say which line was the last of it."""
    on = timezone.localdate().isoformat()
    lines = [
        bank.line("a", 5_000, 1, on, there=15_000),
        bank.line("b", 2_000, 2, on, there=17_000),
        bank.line("c", 1_000, 3, on, there=18_000),
    ]
    read(account, *(lines[::2][::-1] if backwards else lines[::2]))
    assert found().kind == "bank_balance"
    read(account, *(lines[::-1] if backwards else lines))
    a_night()
    assert kinds() == []


def test_after_a_day_the_site_is_not_well(account: DepositAccount, client: Client) -> None:
    read(account, bank.line("수수료", -500, 1))
    found()
    assert client.get("/health/").json()["differences"]["ok"]
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert not client.get("/health/").json()["differences"]["ok"]


def test_looking_is_not_handling(account: DepositAccount) -> None:
    read(account, bank.line("수수료", -500, 1))
    row = found()
    looks = sign_in(staff("only-looks", "payments.view_difference", language="en"))
    for deed in ("carry", "compare_again", "explain"):
        press(looks, TABLE, deed, row, sure="1", note="x")
    assert (sides(row)[0], row.state, balance("platform")) == ("out_unknown", "open", 0)


def test_lines_are_named_a_batch_at_a_time_and_a_killed_night_goes_on(
    account: DepositAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliations, "SIZE", 2)
    sizes: list[int] = []
    name = bank_movements.name

    def counted(batch: Any) -> None:
        sizes.append(len(batch))
        name(batch)

    monkeypatch.setattr(bank_movements, "name", counted)
    read(account, *[bank.line(f"모름 {n}", 1_000 + n, n) for n in range(1, 6)])
    a_night()
    assert sizes == [2, 2, 1]
    assert not BankMovement.objects.filter(stands_for="").exists()
    assert kinds() == []


def test_the_same_file_twice_is_kept_once(account: DepositAccount) -> None:
    lines = [bank.line("a", 5_000, there=5_000), *[bank.line("수수료", -500)] * 2]
    for _n in range(2):
        read(account, *lines)
    assert BankMovement.objects.count() == 3
    assert BankDeposit.objects.count() == 1

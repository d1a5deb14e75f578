"""Each night banks' files are compared with our books: what left, and the files banks were given."""

from functools import partial

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import (
    BankDeposit,
    BankMovement,
    DepositAccount,
    DepositReturn,
    Difference,
    PayoutBatch,
)
from payments.sealed import seal
from payments.services import bank_movements, batches, payouts
from studyplatform.accounts.models import User
from tests.admin.desk import press, staff, text
from tests.payments import deposits as bank
from tests.payments.bank_nights import DAY, TABLE, WON, day, found, read, sent, sides, with_the_bank
from tests.payments.buying import balance
from tests.payments.money_world import everything, owed, rewrite_amounts
from tests.payments.nights import a_night, kinds
from tests.people import sign_in
from tests.racing import in_turn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough", "own_stripe")]


@pytest.fixture
def account(host: User, cohort: Cohort) -> DepositAccount:
    return bank.switch_on(host, cohort)


@pytest.fixture
def batch(admin: User) -> PayoutBatch:
    return with_the_bank(admin)


@pytest.fixture
def desk(db: None) -> Client:
    return sign_in(staff("cures", "payments.view_difference", "payments.handle_differences", language="en"))


def test_a_batch_the_bank_shows_as_one_line(account: DepositAccount, batch: PayoutBatch, admin: User) -> None:
    first = batch.payouts.order_by("pk")[0]
    batches.confirm(admin, batch, {first.pk: "closed account"})
    read(account, bank.line("대량이체", -WON, 1), bank.line("다시", -WON, 2), bank.line("모두", -2 * WON, 3))
    a_night()
    assert kinds() == ["out_unknown", "out_unknown"]  # one payout was paid, once
    assert BankMovement.objects.exclude(stands_for="").count() == 1


def test_a_batch_of_two_as_one_line_stands_for_both(account: DepositAccount, batch: PayoutBatch, admin: User) -> None:
    batches.confirm(admin, batch, {})
    read(account, bank.line("대량이체", -2 * WON, 1))
    a_night()
    assert BankMovement.objects.get().stands_for == f"batch:{batch.pk}"
    read(account, bank.line("다시", -WON, 2))
    assert found().kind == "out_unknown"


@pytest.mark.django_db(transaction=True)
def test_the_night_and_the_desk_at_once_name_one_line_for_one_payout(
    account: DepositAccount, batch: PayoutBatch, admin: User
) -> None:
    batches.confirm(admin, batch, {batch.payouts.order_by("pk")[0].pk: "closed account"})
    read(account, bank.line("이체", -WON, 1), bank.line("또 이체", -WON, 2))
    works = [partial(bank_movements.name, [line]) for line in BankMovement.objects.order_by("pk")]
    assert in_turn(*works, table="payments_bankmovement") == ["done", "done"]
    assert BankMovement.objects.exclude(stands_for="").count() == 1


def test_what_left_and_was_not_booked_the_platform_carries(account: DepositAccount, desk: Client) -> None:
    read(account, bank.line("수수료", -500, 1, there=9_500))
    a_night()
    assert kinds() == ["bank_balance", "out_unknown"]
    row = Difference.objects.get(kind="out_unknown")
    assert sides(row) == ("out_unknown", None, -500)
    page = text(desk.get(reverse("admin:payments_difference_change", args=[row.pk])))
    assert "Money left the bank, and nothing is booked" in page
    assert "Ask Stripe again" not in page
    assert "The platform pays ₩500" in text(press(desk, TABLE, "carry", row))
    for _n in range(2):
        press(desk, TABLE, "carry", row, sure="1", note="fee")
    assert (balance("bank"), balance("platform"), everything()) == (-500, 500, 0)
    a_night()
    assert kinds() == []


def test_what_is_written_down_later_is_no_difference_any_more(account: DepositAccount, desk: Client) -> None:
    read(account, bank.line("모름", 5_000, 1), bank.line("모름", -5_000, 2))
    row = found()
    assert row.kind == "out_unknown"
    press(bank.at_desk(), "payments.bankdeposit", "give_back", BankDeposit.objects.get(), sure="1", note="x")
    sent(DepositReturn.objects.get(), "payments.depositreturn", "sent", "T9")
    press(desk, TABLE, "compare_again", row, sure="1")
    assert kinds() == []


def test_the_bank_sends_another_amount_or_one_payout_twice(
    account: DepositAccount, batch: PayoutBatch, admin: User
) -> None:
    batches.confirm(admin, batch, {})
    first, second = batch.payouts.order_by("pk")
    read(account, bank.line(f"P{first.pk}", -WON, 1), bank.line(f"P{first.pk}", -WON, 2))
    read(account, bank.line(f"P{second.pk}", -WON + 1, 3))
    a_night()
    rows = {row.kind: (row.ours, row.theirs, row.about_id) for row in Difference.objects.filter(state="open")}
    assert rows == {
        "out_twice": (None, -WON, str(first.pk)),
        "out_amount": (-WON, -WON + 1, str(second.pk)),
    }


def test_the_bank_has_sent_it_and_the_batch_is_still_open(
    account: DepositAccount, batch: PayoutBatch, admin: User
) -> None:
    first, _second = batch.payouts.order_by("pk")
    read(account, bank.line(f"P{first.pk}", -WON, 1))
    assert sides(found()) == ("payout_unconfirmed", None, -WON)
    with time_machine.travel(timezone.now() + 4 * DAY):
        a_night()
        assert kinds() == ["payout_unconfirmed", "payout_unconfirmed"]  # of the other one nobody says anything
        batches.confirm(admin, batch, {})
        a_night()
        assert kinds() == []


def test_booked_as_sent_and_not_in_the_file_of_that_time(
    account: DepositAccount, batch: PayoutBatch, admin: User
) -> None:
    batches.confirm(admin, batch, {})
    first, second = batch.payouts.order_by("pk")
    read(account, bank.line("a", -1, 1, day(9)), bank.line(f"P{first.pk}", -WON, 2))
    a_night()
    assert "out_missing" not in kinds()  # the file may not tell of it yet
    with time_machine.travel(timezone.now() + 4 * DAY):
        read(account, bank.line("b", -2, 3))
        a_night()
        row = Difference.objects.get(kind="out_missing")
        assert sides(row) == ("out_missing", -WON, None)
        assert row.booked.cause == f"payout-paid:{second.pk}"
        payouts.mark_failed(admin, second, reason="the bank knows nothing of it")
        a_night()
        assert "out_missing" not in kinds()
    assert owed(second.payee.person) == WON


def test_what_was_booked_before_the_files_begin_is_not_asked_for(
    account: DepositAccount, batch: PayoutBatch, admin: User
) -> None:
    """A transfer of the day before the first line may be written down two days later."""
    batches.confirm(admin, batch, {})
    read(account, bank.line("a", -1, 1, day(2)))
    with time_machine.travel(timezone.now() + 9 * DAY):
        read(account, bank.line("b", -2, 2))
        a_night()
    assert "out_missing" not in kinds()


def test_money_left_for_a_payout_that_was_not_sent(
    account: DepositAccount, batch: PayoutBatch, admin: User, desk: Client
) -> None:
    first = batch.payouts.order_by("pk")[0]
    batches.confirm(admin, batch, {first.pk: "closed account"})
    read(account, bank.line(f"P{first.pk}", -WON, 1))
    row = found()
    assert (sides(row), row.about_id) == (("out_unknown", None, -WON), str(first.pk))


def test_a_transfer_of_the_same_amount_weeks_before_is_another_one(
    account: DepositAccount, batch: PayoutBatch, admin: User
) -> None:
    with time_machine.travel(timezone.now() - 9 * DAY):
        batches.confirm(admin, batch, {})
    read(account, bank.line("받는이", -WON, 1))
    assert found().kind == "out_unknown"


def test_files_that_never_tell_what_left_are_not_asked_for_it(
    account: DepositAccount, batch: PayoutBatch, admin: User
) -> None:
    batches.confirm(admin, batch, {})
    head = "date,amount,description"
    desk = bank.at_desk()
    with time_machine.travel(timezone.now() + 5 * DAY):
        bank.upload(desk, account, bank.file_of(f"{day(9)},5000,a", f"{day(0)},5000,b", head=head))
        a_night()
    assert kinds() == []
    assert not DepositAccount.objects.get().tells_out


@pytest.mark.parametrize("what", ["an amount", "the file"])
def test_a_bank_file_that_is_not_its_payouts(batch: PayoutBatch, what: str) -> None:
    if what == "an amount":
        rewrite_amounts(WON)  # as it was: nothing to find
        a_night()
        assert kinds() == []
        row = PayoutBatch.objects.get()
        said = batches.file_of(row).replace("50000", "60000")
        PayoutBatch.objects.update(file=seal(said), file_hash=batches._fingerprint(said))
        a_night()
        assert set(Difference.objects.values_list("kind", "ours", "theirs")) == {("batch_line", WON, 60_000)}
    else:
        PayoutBatch.objects.update(file=seal("another"))
        a_night()
        assert set(Difference.objects.values_list("kind", "ours", "theirs")) == {("batch_line", WON, None)}

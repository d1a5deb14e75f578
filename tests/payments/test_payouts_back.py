"""A payout that was sent back comes in as a line of our bank's file: it is that payout's money, nobody else's."""

import pytest

from cohorts.models import Cohort
from payments.models import BankDeposit, BankMovement, DepositAccount, DepositReturn, Payout, PayoutBatch
from payments.services import batches, payout_returns, payouts
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.admin.desk import press, text
from tests.payments import deposits as bank
from tests.payments.bank_nights import WON, read, with_the_bank
from tests.payments.buying import balance
from tests.payments.money_world import everything, owed
from tests.payments.nights import a_night, kinds
from tests.racing import in_turn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough", "own_stripe")]
TABLE = "payments.bankdeposit"


@pytest.fixture
def account(host: User, cohort: Cohort) -> DepositAccount:
    return bank.switch_on(host, cohort)


@pytest.fixture
def payout(admin: User) -> Payout:
    return with_the_bank(admin).payouts.order_by("pk")[0]


def out(payout: Payout, number: int = 1) -> str:
    return bank.line(f"이체 P{payout.pk}", -WON, number)


def back(words: str, number: int = 2) -> str:
    return bank.line(words, WON, number)


def deposit() -> BankDeposit:
    return BankDeposit.objects.get()


def assert_settled(payout: Payout) -> None:
    """Its payee is owed it once, our bank has as much as before, and a night finds nothing of it."""
    payout.refresh_from_db()
    assert payout.state == "failed"
    assert owed(payout.payee.person) == WON
    assert (balance("deposits"), everything()) == (0, 0)
    assert deposit().payout == payout
    assert not BankMovement.objects.filter(stands_for="").exists()


@pytest.mark.parametrize("paid_first", [True, False])
def test_one_that_was_written_down_finds_its_payout_by_itself(
    account: DepositAccount, payout: Payout, admin: User, paid_first: bool
) -> None:
    batch = payout.batch
    assert batch
    batches.confirm(admin, batch, {} if paid_first else {payout.pk: "closed account"})
    if paid_first:
        payouts.mark_failed(admin, payout, reason="closed account")
    held = balance("bank")
    other = batch.payouts.exclude(pk=payout.pk).get()
    read(account, out(payout), bank.line(f"이체 P{other.pk}", -WON, 3), back(f"반송 P{payout.pk}"))
    a_night()
    assert deposit().state == "matched"
    assert_settled(payout)
    assert balance("bank") == held
    assert kinds() == []
    assert Letter.objects.filter(recipient=payout.payee.person, key__startswith="payout-sent-back").count() == 1


def test_one_nobody_wrote_down_is_matched_at_the_desk_and_its_payee_told(
    account: DepositAccount, payout: Payout, admin: User
) -> None:
    batch = payout.batch
    assert batch
    batches.confirm(admin, batch, {})
    read(account, back("반송"))
    assert deposit().state == "unmatched"
    desk = bank.at_desk()
    assert "No payout" in text(press(desk, TABLE, "payout_back", deposit(), sure="1", number="P999999"))
    assert str(payout.payee) in text(press(desk, TABLE, "payout_back", deposit(), apply="1", number=f"P{payout.pk}"))
    assert deposit().state == "unmatched"
    for _n in range(2):
        press(desk, TABLE, "payout_back", deposit(), sure="1", number=f"P{payout.pk}")
    a_night()
    payout.refresh_from_db()
    assert (payout.state, deposit().payout) == ("failed", payout)
    assert owed(payout.payee.person) == WON
    assert (balance("deposits"), everything()) == (0, 0)
    assert Letter.objects.filter(recipient=payout.payee.person, key__startswith="payout-sent-back").count() == 1


def test_money_of_another_amount_or_another_name_is_none(account: DepositAccount, payout: Payout, admin: User) -> None:
    batch = payout.batch
    assert batch
    batches.confirm(admin, batch, {payout.pk: "closed account"})
    read(account, bank.line(f"반송 P{payout.pk}", WON - 1, 1), back("모르는 사람"))
    assert set(BankDeposit.objects.values_list("state", "payout")) == {("unmatched", None)}


def test_it_is_sent_back_to_nobody(account: DepositAccount, payout: Payout, admin: User) -> None:
    batch = payout.batch
    assert batch
    batches.confirm(admin, batch, {payout.pk: "closed account"})
    read(account, back(f"반송 P{payout.pk}"), back(f"반송 P{payout.pk}", 3))
    first, second = BankDeposit.objects.order_by("pk")
    assert (first.payout, second.payout, second.state) == (payout, None, "unmatched")  # once
    assert "came back" in text(press(bank.at_desk(), TABLE, "give_back", first, sure="1", note="x"))
    assert not DepositReturn.objects.exists()
    assert PayoutBatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("one", ["payout", "bankdeposit"])
def test_two_at_the_desk_match_one_payout_or_one_deposit_once(
    account: DepositAccount, payout: Payout, admin: User, one: str
) -> None:
    batch = payout.batch
    assert batch
    batches.confirm(admin, batch, {})
    read(account, back("반송"), back("반송", 3))
    came, left = list(BankDeposit.objects.order_by("pk")), list(batch.payouts.order_by("pk"))
    pairs = [(came[0], left[0]), (came[1], left[0]) if one == "payout" else (came[0], left[1])]
    works = [lambda pair=pair: payout_returns.match(admin, pair[0], number=str(pair[1].pk)) for pair in pairs]
    assert in_turn(*works, table=f"payments_{one}") == ["done", "refused"]
    assert BankDeposit.objects.get(state="matched").payout == payout
    assert (balance("deposits"), everything()) == (-WON, 0)

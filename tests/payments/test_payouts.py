"""A weekly run writes payouts; a bank file made by one person and checked by another sends them."""

import csv
import hashlib

import pytest

from payments.models import LedgerAccount, Payout, PayoutBatch
from payments.services import batches, ledger, payouts, releases
from studyplatform.kit.errors import Refused
from tests.payments.money_world import everything, owed, paid_members, payee_for
from tests.people import make_person

pytestmark = pytest.mark.django_db
Kind = LedgerAccount.Kind


@pytest.fixture
def checker(db):
    return make_person("checker", "둘째 운영자", is_staff=True, is_superuser=True)


@pytest.fixture
def earned(cohort, host):
    """The host is owed 270,000 won for two seats and four sessions, less the platform's tenth."""
    paid_members(cohort, 2, cohort.subgroups.last())
    for session in cohort.sessions.filter(subgroup=None):
        releases.release(session)
    return payee_for(host)


def test_a_run_writes_one_payout_and_a_second_run_none(earned, host):
    assert owed(host) == 270_000
    assert payouts.run() == 1
    assert payouts.run() == 0
    assert owed(host) == 0
    assert Payout.objects.get().amount == 270_000


def test_too_little_waits(cohort, host):
    payee_for(host)
    ledger.post("small", {ledger.account(Kind.BANK, "KRW"): 9_999, ledger.payable(host.pk, "KRW"): -9_999})
    assert payouts.run() == 0
    ledger.post("more", {ledger.account(Kind.BANK, "KRW"): 1, ledger.payable(host.pk, "KRW"): -1})
    assert payouts.run() == 1


def test_who_has_no_account_is_not_paid_yet(cohort, host):
    paid_members(cohort, 1)
    releases.release(cohort.sessions.get(number=1))
    assert payouts.run() == 0
    assert owed(host) == 33_750


def test_from_batch_to_bank(earned, host, admin, checker):
    payouts.run()
    batch = batches.make(admin, "KRW")
    with pytest.raises(Refused):
        batches.approve(admin, batch)
    with pytest.raises(Refused):
        batches.export(admin, batch)
    batches.approve(checker, batch)
    sent = batches.export(admin, batch)
    rows = list(csv.reader(sent.file.splitlines()))
    assert rows[1] == ["국민은행", "110123456789", "정은혜", "270000", f"P{Payout.objects.get().pk}"]
    assert sent.file_hash == hashlib.sha256(sent.file.encode()).hexdigest()
    batches.confirm(admin, sent, {})
    assert Payout.objects.get().state == Payout.State.PAID
    assert PayoutBatch.objects.get().state == PayoutBatch.State.CLOSED
    assert ledger.balance(ledger.account(Kind.BANK, "KRW")) == -270_000
    assert everything() == 0


def test_what_the_bank_sends_back_is_owed_again_and_paid_anew(earned, host, admin, checker):
    payouts.run()
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    batches.export(admin, batch)
    payout = Payout.objects.get()
    batches.confirm(admin, batch, {payout.pk: "계좌 없음"})
    payout.refresh_from_db()
    assert (payout.state, payout.reason) == (Payout.State.FAILED, "계좌 없음")
    assert owed(host) == 270_000
    assert payouts.run() == 1
    assert Payout.objects.filter(state=Payout.State.DRAFTED).count() == 1


def test_a_payout_is_in_one_live_batch_only(earned, admin):
    payouts.run()
    batches.make(admin, "KRW")
    with pytest.raises(Refused):
        batches.make(admin, "KRW")


def test_confirming_twice_pays_once(earned, admin, checker):
    payouts.run()
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    batches.export(admin, batch)
    batches.confirm(admin, batch, {})
    with pytest.raises(Refused):
        batches.confirm(admin, batch, {})
    assert ledger.balance(ledger.account(Kind.BANK, "KRW")) == -270_000


def test_a_formula_never_reaches_the_bank_file(earned, admin, checker):
    earned.holder = '=HYPERLINK("http://x")'
    earned.save()
    payouts.run()
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    holder = list(csv.reader(batches.export(admin, batch).file.splitlines()))[1][2]
    assert holder == "HYPERLINK(httpx)"


def test_the_account_number_is_sealed(earned):
    assert "123" not in earned.account_sealed

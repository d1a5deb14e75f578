"""A weekly run writes payouts; a bank file made by one person and checked by another sends them."""

import csv
import datetime
import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from payments.models import LedgerAccount, Payout, PayoutBatch
from payments.sealed import seal
from payments.services import batches, ledger, payees, payouts, releases
from studyplatform.kit.errors import Refused
from studyplatform.mail.models import Letter
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
    rows = list(csv.reader(batches.file_of(sent).splitlines()))
    assert rows[1] == ["국민은행", "110123456789", "정은혜", "270000", f"P{Payout.objects.get().pk}"]
    assert sent.file_hash == hashlib.sha256(batches.file_of(sent).encode()).hexdigest()
    assert "110123456789" not in sent.file  # sealed, like the accounts it is made of
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
    holder = list(csv.reader(batches.file_of(batches.export(admin, batch)).splitlines()))[1][2]
    assert holder == "HYPERLINK(httpx)"


def test_the_account_number_is_sealed(earned):
    assert "123" not in earned.account_sealed


def test_an_account_changed_after_the_check_is_not_the_one_paid(earned, host, admin, checker):
    """What the second person checked is what goes to the bank."""
    payouts.run()
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    payees.save(host, bank="우리", holder="정은혜", account="999888777666", currency="KRW")
    file = batches.file_of(batches.export(admin, batch))
    assert "110123456789" in file
    assert "999888777666" not in file


def test_an_account_that_cannot_be_read_is_said_and_moves_nothing(earned, admin, checker):
    earned.account_sealed = seal("110123456789")[:-4] + "xxx="
    earned.save()
    payouts.run()
    batch = batches.make(admin, "KRW")
    with pytest.raises(Refused, match="정은혜"):
        batches.approve(checker, batch)
    assert PayoutBatch.objects.get().state == "draft"


def test_people_are_told_when_they_are_paid_and_when_the_bank_sends_it_back(earned, host, admin, checker):
    payouts.run()
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    batches.export(admin, batch)
    batches.confirm(admin, batch, {})
    payout = Payout.objects.get()
    assert Letter.objects.get(key=f"payout-paid:{payout.pk}").recipient == host
    payouts.mark_failed(admin, payout, reason="예금주 불일치")
    assert "예금주 불일치" in Letter.objects.get(key=f"payout-sent-back:{payout.pk}").text
    assert owed(host) == 270_000
    assert everything() == 0


def test_the_next_run_is_the_first_try_of_the_clock():
    clock = settings.CELERY_BEAT_SCHEDULE["payments.run_payouts"]["schedule"]
    now, begins = timezone.now(), payouts.next_run()
    assert (begins.isoweekday() % 7, begins.hour, begins.minute) == (
        min(clock.day_of_week),
        min(clock.hour),
        min(clock.minute),
    )
    assert now < begins < now + datetime.timedelta(days=7, minutes=1)


def owe_to(count: int, start: int = 0) -> None:
    bank = ledger.account(Kind.BANK, "KRW")
    for n in range(start, start + count):
        person = make_person(f"payee-{n}", f"받는이{n}")
        payee_for(person)
        ledger.post(f"owed:{n}", {bank: 50_000, ledger.payable(person.pk, "KRW"): -50_000})


def test_a_run_and_a_batch_cost_the_same_at_any_number_of_payees(admin, checker):
    def statements(verb) -> int:
        with CaptureQueriesContext(connection) as seen:
            verb()
        return len(seen)

    def all_steps() -> list[int]:
        run = statements(payouts.run)
        make = statements(lambda: batches.make(admin, "KRW"))
        batch = PayoutBatch.objects.latest("pk")
        approve = statements(lambda: batches.approve(checker, batch))
        return [run, make, approve, statements(lambda: batches.export(admin, batch))]

    owe_to(1)
    all_steps()  # accounts are made on first use
    owe_to(2, start=1)
    few = all_steps()
    owe_to(20, start=3)
    assert all_steps() == few
    assert Payout.objects.count() == 23
    assert everything() == 0


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_pay_once():
    """I-21: the payees are locked before their balances are read."""
    owe_to(5)
    gate = Barrier(2)

    def run() -> int:
        gate.wait(10)
        try:
            return payouts.run()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        written = list(threads.map(lambda _: run(), range(2)))
    assert sorted(written) == [0, 5]
    assert Payout.objects.count() == 5
    assert everything() == 0

"""Two people on one batch: what was checked is what the bank gets, and nothing is in two batches."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse

from payments.models import LedgerAccount, Payout, PayoutBatch
from payments.sealed import seal
from payments.services import batches, ledger, payouts
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from tests.payments.money_world import everything, payee_for, unguarded
from tests.people import make_person, sign_in
from tests.racing import in_turn

pytestmark = pytest.mark.django_db
Kind = LedgerAccount.Kind
State = PayoutBatch.State


@pytest.fixture
def checker(db: None) -> User:
    return make_person("checker", "둘째 운영자", is_staff=True, is_superuser=True)


@pytest.fixture
def three(db: None) -> list[Payout]:
    """Three payouts of 50,000 won wait."""
    bank = ledger.account(Kind.BANK, "KRW")
    for n in range(3):
        person = make_person(f"payee-{n}", f"받는이{n}")
        payee_for(person)
        ledger.post(f"owed:{n}", {bank: 50_000, ledger.payable(person.pk, "KRW"): -50_000})
    payouts.run()
    return list(Payout.objects.order_by("pk"))


@pytest.mark.parametrize(
    "change",
    [{"amount": 1}, {"income_tax": 1}, {"local_tax": 1}, {"vat": 1}, {"currency": "USD"}],
)
def test_what_was_booked_of_a_payout_never_changes(three: list[Payout], change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        Payout.objects.filter(pk=three[0].pk).update(**change)
    Payout.objects.filter(pk=three[0].pk).update(reason="note")


def test_a_payout_leaves_no_approved_batch_behind_its_checkers_back(
    three: list[Payout], admin: User, checker: User
) -> None:
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    with pytest.raises(IntegrityError, match="was approved"), transaction.atomic():
        Payout.objects.filter(pk=three[0].pk).update(batch=None)


@pytest.mark.parametrize("what", ["an amount", "one more", "one less", "the file"])
def test_what_changed_after_the_approval_voids_it(three: list[Payout], admin: User, checker: User, what: str) -> None:
    """Nobody can, while the table is guarded; and if somebody did, the bank does not get it."""
    batch = batches.make(admin, "KRW")
    if what == "one more":
        batches.leave_out(admin, three[2])
    batches.approve(checker, batch)
    with unguarded():
        match what:
            case "an amount":
                Payout.objects.filter(pk=three[0].pk).update(amount=5_000_000)
            case "one more":
                Payout.objects.filter(pk=three[2].pk).update(batch=batch, state="approved")
            case "one less":
                Payout.objects.filter(pk=three[0].pk).update(batch=None, state="drafted")
            case "the file":
                text = batches.file_of(PayoutBatch.objects.get()).replace("110123456789", "999888777666")
                PayoutBatch.objects.update(file=seal(text))
    with pytest.raises(Refused):
        batches.export(admin, batch)
    row = PayoutBatch.objects.get()
    assert (row.state, row.checker, row.file, row.file_hash) == (State.DRAFT, None, "", "")
    assert set(row.payouts.values_list("state", flat=True)) == {"drafted"}
    with pytest.raises(Refused):
        batches.export(admin, batch)  # not before somebody checked it again
    batches.approve(checker, batch)
    assert batches.export(admin, batch).state == State.EXPORTED


def test_one_left_out_is_in_the_next_batch_and_the_approval_is_void(
    three: list[Payout], admin: User, checker: User
) -> None:
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    batches.leave_out(admin, three[1])
    batch.refresh_from_db()
    assert (batch.state, batch.checker, batch.payouts.count()) == (State.DRAFT, None, 2)
    second = batches.make(admin, "KRW")
    assert list(second.payouts.all()) == [three[1]]
    batches.approve(checker, batch)
    batches.confirm(admin, batches.export(admin, batch), {})
    with pytest.raises(Refused):
        batches.leave_out(admin, three[0])
    batches.leave_out(admin, three[1])
    second.refresh_from_db()
    assert second.state == State.VOID  # nothing is left in it
    with pytest.raises(Refused):
        batches.leave_out(admin, three[1])


def test_an_approval_can_be_taken_back_until_the_file_is_made(three: list[Payout], admin: User, checker: User) -> None:
    batch = batches.make(admin, "KRW")
    with pytest.raises(Refused):
        batches.reopen(admin, batch)
    batches.approve(checker, batch)
    for verb, person in ((batches.approve, checker), (batches.void, admin)):
        with pytest.raises(Refused):
            verb(person, batch)  # only one that waits to be checked
    batches.reopen(admin, batch)
    assert PayoutBatch.objects.get().checker is None
    batches.approve(checker, batch)
    batches.export(admin, batch)
    with pytest.raises(Refused):
        batches.reopen(admin, batch)


def test_the_desk_leaves_out_and_takes_back(three: list[Payout], admin: User, checker: User) -> None:
    batch = batches.make(admin, "KRW")
    batches.approve(checker, batch)
    desk = sign_in(admin)
    url = reverse("admin:payments_payout_changelist")
    desk.post(url, {"action": "leave_out", "_selected_action": [three[0].pk], "apply": "1"})
    assert PayoutBatch.objects.get().state == State.DRAFT
    assert PayoutBatch.objects.get().payouts.count() == 2
    batches.approve(checker, batch)
    url = reverse("admin:payments_payoutbatch_changelist")
    desk.post(url, {"action": "reopen", "_selected_action": [batch.pk], "apply": "1"})
    assert PayoutBatch.objects.get().state == State.DRAFT


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        ({"state": "drafted"}, True),
        ({"state": "failed"}, True),
        ({"state": "paid", "reference": "tr_1"}, True),  # of Stripe's, which says itself what came back
        ({"state": "exported"}, False),
        ({"state": "paid"}, False),
    ],
)
def test_only_what_the_bank_has_or_paid_can_be_sent_back(
    three: list[Payout], admin: User, now: dict[str, Any], refused: bool
) -> None:
    Payout.objects.filter(pk=three[0].pk).update(**now)
    try:
        payouts.mark_failed(admin, three[0], reason="closed account")
    except Refused:
        assert refused
    before = now["state"] if refused else "failed"
    assert Payout.objects.get(pk=three[0].pk).state == before
    assert payouts.owed(three[0].payee.person_id, "KRW") == (0 if refused else 50_000)


def at_once(*verbs: Callable[[], Any]) -> list[bool]:
    """Run verbs at one moment, each on a connection of its own; return which were not refused."""
    gate = Barrier(len(verbs))

    def run(verb: Callable[[], Any]) -> bool:
        gate.wait(10)
        try:
            verb()
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(verbs)) as threads:
        return list(threads.map(run, verbs))


class TestTwoAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True)

    def test_two_make_a_batch(self, three: list[Payout], admin: User, checker: User) -> None:
        went = at_once(lambda: batches.make(admin, "KRW"), lambda: batches.make(checker, "KRW"))
        assert sorted(went) == [False, True]
        assert PayoutBatch.objects.get().payouts.count() == 3

    def test_without_the_lock_both_make_one(
        self, three: list[Payout], admin: User, checker: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The negative control: who only looks finds the same payouts."""

        def slowly(rows: Any, **options: Any) -> Any:
            found = list(rows)
            time.sleep(0.2)
            return rows.model.objects.filter(pk__in=[row.pk for row in found])

        monkeypatch.setattr(QuerySet, "select_for_update", slowly)
        assert at_once(lambda: batches.make(admin, "KRW"), lambda: batches.make(checker, "KRW")) == [True, True]
        assert PayoutBatch.objects.count() == 2

    def test_two_approve_one_gives_up_one_leaves_out(self, three: list[Payout], admin: User, checker: User) -> None:
        third = make_person("third", "셋째 운영자", is_staff=True, is_superuser=True)
        batch = batches.make(admin, "KRW")
        at_once(
            lambda: batches.approve(checker, batch),
            lambda: batches.approve(third, batch),
            lambda: batches.void(admin, batch),
            lambda: batches.leave_out(admin, three[0]),
        )
        row = PayoutBatch.objects.get()
        states = set(row.payouts.values_list("state", flat=True))
        if row.state == State.APPROVED:
            assert states == {"approved"}
            assert row.checker
        else:
            assert row.checker is None
            assert states <= {"drafted"}
        assert Payout.objects.filter(batch=None).exclude(state="drafted").count() == 0

    def test_two_send_it_and_two_hear_from_the_bank(self, three: list[Payout], admin: User, checker: User) -> None:
        batch = batches.make(admin, "KRW")
        batches.approve(checker, batch)
        assert all(at_once(lambda: batches.export(admin, batch), lambda: batches.export(checker, batch)))
        assert Change.objects.filter(subject_type="payments.payoutbatch", to_state="exported").count() == 1
        went = at_once(lambda: batches.confirm(admin, batch, {}), lambda: batches.confirm(checker, batch, {}))
        assert sorted(went) == [False, True]
        assert ledger.balance(ledger.account(Kind.PAYING, "KRW")) == 0
        assert everything() == 0

    def test_sent_and_opened_again_at_once(self, three: list[Payout], admin: User, checker: User) -> None:
        batch = batches.make(admin, "KRW")
        batches.approve(checker, batch)
        went = at_once(lambda: batches.export(admin, batch), lambda: batches.reopen(checker, batch))
        assert went.count(True) == 1
        assert PayoutBatch.objects.get().state == (State.EXPORTED if went[0] else State.DRAFT)

    def with_the_bank(self, maker: User, checker: User) -> PayoutBatch:
        batch = batches.make(maker, "KRW")
        batches.approve(checker, batch)
        return batches.export(maker, batch)

    def test_one_sent_back_while_the_batch_is_confirmed(self, three: list[Payout], admin: User, checker: User) -> None:
        batch = self.with_the_bank(admin, checker)

        def sent_back() -> None:
            payouts.mark_failed(checker, three[0], reason="closed account")

        done = in_turn(sent_back, lambda: batches.confirm(admin, batch, {}), table="payments_payout")
        assert done == ["done", "done"]
        assert list(batch.payouts.order_by("pk").values_list("state", flat=True)) == ["failed", "paid", "paid"]
        assert payouts.owed(three[0].payee.person_id, "KRW") == 50_000
        assert (ledger.balance(ledger.account(Kind.PAYING, "KRW")), everything()) == (0, 0)

    def test_two_who_write_one_down_as_sent_back(self, three: list[Payout], admin: User, checker: User) -> None:
        self.with_the_bank(admin, checker)
        works = [lambda: payouts.mark_failed(admin, three[0], reason="closed account")] * 2
        assert in_turn(*works, table="payments_payout") == ["done", "refused"]
        assert payouts.owed(three[0].payee.person_id, "KRW") == 50_000

    def test_of_two_who_confirm_one_batch_the_second_is_told(
        self, three: list[Payout], admin: User, checker: User
    ) -> None:
        batch = self.with_the_bank(admin, checker)
        works = [lambda: batches.confirm(admin, batch, {})] * 2
        assert in_turn(*works, table="payments_payoutbatch") == ["done", "refused"]
        assert ledger.balance(ledger.account(Kind.PAYING, "KRW")) == 0

    def test_of_two_who_make_a_batch_the_second_is_told(self, three: list[Payout], admin: User) -> None:
        works = [lambda: batches.make(admin, "KRW")] * 2
        assert in_turn(*works, table="payments_payout") == ["done", "refused"]
        assert PayoutBatch.objects.get().payouts.count() == 3

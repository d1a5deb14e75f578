"""Payouts through Stripe: each sent once whatever happens on the way, and never lost."""

import datetime
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from payments import gateway
from payments.flows import sending as flow
from payments.models import LedgerEntry, Payee, Payout, StripeEvent
from payments.services import ledger, payouts
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.payments.buying import AT_ONCE, LocalStripe, balance, deliver, drain
from tests.payments.money_world import rewrite_amounts

pytestmark = pytest.mark.django_db
Kind = ledger.Kind
OWED = 8_000


@pytest.fixture
def payee(stripe: LocalStripe, host: User) -> Payee:
    """The host is owed 80 dollars and can be paid through Stripe, which has more than that at hand."""
    account = gateway.create_account(
        key=f"test:{timezone.now().timestamp()}", payee="0", country="US", agreement="full", email="h@example.com"
    )
    stripe.onboard(account.id)
    stripe.take(50_000, "usd", AT_ONCE)
    ledger.post("test", {ledger.account(Kind.STRIPE, "USD"): OWED, ledger.payable(host.pk, "USD"): -OWED})
    return Payee.objects.create(
        person=host, country="US", currency="USD", rail="stripe", standing="enabled", enabled=True,
        stripe_account=account.id,
    )  # fmt: skip


@pytest.fixture
def payout(payee: Payee) -> Iterator[Payout]:
    assert payouts.run() == 1
    yield Payout.objects.get()
    assert all(sum(e.amount for e in LedgerEntry.objects.filter(account__currency=c)) == 0 for c in ("USD", "KRW"))


def send(times: int = 1) -> Payout:
    """Let the queue do its work so many times, however long it would wait."""
    for _ in range(times):
        Payout.objects.filter(done_at=None).update(due_at=timezone.now())
        queue.drain("payments.drain_payouts")
    return Payout.objects.get()


def transfers(stripe: LocalStripe, payee: Payee) -> list[Any]:
    return sent_to(stripe, str(payee.stripe_account))


def assert_sent_once(stripe: LocalStripe, payee: Payee) -> None:
    """I-21: one debit, one transfer."""
    assert [one.amount for one in transfers(stripe, payee)] == [OWED]
    assert Payout.objects.get().state == "paid"
    assert (balance("paying", "USD"), balance("stripe", "USD"), payouts.owed(payee.person_id, "USD")) == (0, 0, 0)


def test_the_run_approves_it_and_the_queue_sends_it(stripe: LocalStripe, payee: Payee, payout: Payout) -> None:
    assert (payout.state, payout.amount, balance("paying", "USD")) == ("approved", OWED, -OWED)
    assert payouts.run() == 0
    row = send(3)
    assert_sent_once(stripe, payee)
    [transfer] = transfers(stripe, payee)
    assert (row.reference, transfer.transfer_group) == (transfer.id, f"payout_{row.pk}")
    assert Letter.objects.filter(recipient=payee.person).count() == 1


FAULTS = ("500", "500_after", "503", "409", "429", "timeout_before", "timeout_after")


@pytest.mark.parametrize("kind", FAULTS)
def test_whatever_stripe_answers_it_is_sent_once(stripe: LocalStripe, payee: Payee, payout: Payout, kind: str) -> None:
    stripe.fault("POST /v1/transfers", kind, times=3)
    assert send().state == "unknown"
    assert payouts.run() == 0  # I-22: what is not known is not paid again
    stripe.clear()
    send(3)
    assert_sent_once(stripe, payee)


@pytest.mark.parametrize("kind", FAULTS)
def test_when_asking_fails_too_nothing_is_sent(stripe: LocalStripe, payee: Payee, payout: Payout, kind: str) -> None:
    """I-22."""
    stripe.fault("POST /v1/transfers", "timeout_after", times=3)
    send()
    stripe.clear()
    stripe.fault("GET /v1/transfers", kind, times=9)
    assert send(2).state == "unknown"
    assert len(transfers_after(stripe, payee)) == 1
    send()
    assert_sent_once(stripe, payee)


def transfers_after(stripe: LocalStripe, payee: Payee) -> list[Any]:
    stripe.clear()
    return transfers(stripe, payee)


def test_after_a_day_when_keys_are_forgotten_it_is_found_by_its_group(
    stripe: LocalStripe, payee: Payee, payout: Payout
) -> None:
    stripe.fault("POST /v1/transfers", "timeout_after", times=3)
    send()
    stripe.clear()
    stripe.ask("POST", "clock", advance=25 * 3600)
    try:
        send(2)
        assert_sent_once(stripe, payee)
    finally:
        stripe.ask("POST", "clock", advance=-25 * 3600)


def test_a_worker_that_died_while_sending_is_followed_by_a_question(
    stripe: LocalStripe, payee: Payee, payout: Payout
) -> None:
    Payout.objects.update(state="sending", destination=payee.stripe_account)
    send(2)
    assert_sent_once(stripe, payee)


@pytest.mark.parametrize("meanwhile", [{"state": "void"}, {"claim_token": uuid.uuid4()}])
def test_what_was_taken_from_a_worker_since_it_claimed_it_is_not_sent(
    stripe: LocalStripe, payee: Payee, payout: Payout, meanwhile: dict[str, Any]
) -> None:
    """It is owed again, or another worker sends it."""
    Payout.objects.update(**meanwhile)
    flow.drain(payout)
    assert transfers(stripe, payee) == []
    Payout.objects.update(state="approved", claim_token=payout.claim_token)
    flow.drain(payout)
    assert_sent_once(stripe, payee)


def test_too_little_at_hand_waits_and_is_sent_when_there_is_more(
    stripe: LocalStripe, payee: Payee, payout: Payout
) -> None:
    """Stripe keeps its no under the key for a day: the next try has a key of its own."""
    rewrite_amounts(90_000_000)
    assert send(2).state == "short"
    assert Payout.objects.get().key_number == 2
    assert payouts.run() == 0
    assert not Letter.objects.exists()
    rewrite_amounts(OWED)
    send()
    assert_sent_once(stripe, payee)


def test_a_payout_a_day_late_is_told_once(stripe: LocalStripe, payee: Payee, payout: Payout) -> None:
    rewrite_amounts(90_000_000, created_at=timezone.now() - datetime.timedelta(hours=25))
    assert send(3).state == "short"
    assert Letter.objects.get().key == f"payout-waits:{payout.pk}"


@pytest.mark.parametrize(
    ("why", "standing"),
    [("look_again", "restricted"), ("reject", "refused"), ("disconnect", ""), ("disabled", "enabled")],
)
def test_who_cannot_be_paid_keeps_the_money_in_the_balance(
    stripe: LocalStripe, payee: Payee, payout: Payout, why: str, standing: str
) -> None:
    """What Stripe did not tell in time is found out when it refuses, so that no run tries in vain week after week."""
    if why == "disabled":
        Payee.objects.update(enabled=False)
    else:
        stripe.onboard(str(payee.stripe_account), why)
    assert send(2).state == "failed"
    assert not sent_to(stripe, str(payee.stripe_account))
    assert payouts.owed(payee.person_id, "USD") == OWED
    assert balance("paying", "USD") == 0
    assert (Payee.objects.get().standing, Payee.objects.get().enabled) == (standing, False)
    assert payouts.run() == 0
    told = sorted(Letter.objects.values_list("key", flat=True))
    assert [key.split(":")[0] for key in told] == ["payout-not-sent", *["stripe-asks"] * (why != "disabled")]


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_while_looking_why_changes_nothing(
    stripe: LocalStripe, payee: Payee, payout: Payout, kind: str
) -> None:
    stripe.onboard(str(payee.stripe_account), "look_again")
    stripe.fault("GET /v1/accounts/*", kind, times=9)
    assert send(2).state == "failed"
    assert payouts.owed(payee.person_id, "USD") == OWED


def sent_to(stripe: LocalStripe, account: str) -> list[Any]:
    return stripe.api.v1.transfers.list(params={"destination": account}).data


def test_what_is_reversed_is_owed_again_once(stripe: LocalStripe, payee: Payee, payout: Payout) -> None:
    row = send()
    for amount in (3_000, 5_000):
        stripe.api.v1.transfers.reversals.create(str(row.reference), {"amount": amount})
        for event in stripe.events_about(str(row.reference)):
            assert deliver({**event, "id": f"{event['id']}_{amount}"}) == 200
        drain("drain_events")
        assert (Payout.objects.get().state == "reversed") == (amount == 5_000)
    assert payouts.owed(payee.person_id, "USD") == OWED
    assert Letter.objects.filter(key=f"payout-reversed:{row.pk}", recipient=payee.person).count() == 1
    assert not StripeEvent.objects.filter(done_at=None).exists()


def test_a_refund_after_the_payout_is_carried(stripe: LocalStripe, payee: Payee, payout: Payout) -> None:
    """I-36: below zero nothing is sent, and the next earnings make up for it first."""
    send()
    stripe_usd, owed = ledger.account(Kind.STRIPE, "USD"), ledger.payable(payee.person_id, "USD")
    ledger.post("refund_owed:x", {owed: 2_000, stripe_usd: -2_000})
    assert (payouts.owed(payee.person_id, "USD"), payouts.run()) == (-2_000, 0)
    ledger.post("release:x", {owed: -5_000, stripe_usd: 5_000})
    assert payouts.run() == 1
    assert Payout.objects.latest("pk").amount == 3_000

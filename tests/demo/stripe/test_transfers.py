"""Transfers: exact, once, only to who can be paid; then on to the bank, or back."""

from typing import Any

import pytest
import stripe

from tests.demo.stripe.sandbox import AT_ONCE, OK, Sandbox, sending


@pytest.fixture(scope="module", autouse=True)
def funds(running: Sandbox) -> None:
    running.paid(AT_ONCE, currency="usd", amount=100_000)


def available(sandbox: Sandbox, account: str = "", currency: str = "usd") -> int:
    options: Any = {"stripe_account": account} if account else {}
    found = sandbox.api.v1.balance.retrieve(options=options).available
    return next((part.amount for part in found if part.currency == currency), 0)


def refused(sandbox: Sandbox, params: dict[str, Any]) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.v1.transfers.create(params=params)  # type: ignore[arg-type]
    return raised.value


def events(sandbox: Sandbox, account: str) -> list[str]:
    found = sandbox.api.v1.events.list(params={"limit": 100}, options={"stripe_account": account}).data
    return [event.type for event in reversed(found) if event.type.startswith("payout.")]


def test_money_goes_from_one_balance_to_the_other(sandbox: Sandbox) -> None:
    account, before = sandbox.account(), available(sandbox)
    transfer = sandbox.api.v1.transfers.create(
        params=sending(account, 1_234, transfer_group="payout_1", metadata={"payout": "1"})  # type: ignore[arg-type]
    )
    assert (transfer.amount, transfer.destination, transfer.transfer_group) == (1_234, account, "payout_1")
    assert (available(sandbox), available(sandbox, account)) == (before - 1_234, 1_234)
    assert [event["type"] for event in sandbox.events_about(transfer.id)] == ["transfer.created"]


def test_a_key_sends_once_and_a_group_finds_it(sandbox: Sandbox) -> None:
    account, before = sandbox.account(), available(sandbox)
    params: Any = sending(account, transfer_group="payout_2")
    sent = {sandbox.api.v1.transfers.create(params, {"idempotency_key": "payout:2"}).id for _ in "abc"}
    assert len(sent) == 1
    assert available(sandbox) == before - 1_000
    for params in ({"transfer_group": "payout_2"}, {"destination": account}):
        assert {found.id for found in sandbox.api.v1.transfers.list(params=params).data} == sent
    assert not sandbox.api.v1.transfers.list(params={"transfer_group": "payout_3"}).data


@pytest.mark.parametrize(
    ("person", "country", "agreement", "code"),
    [
        ("unfinished", "US", "full", "insufficient_capabilities_for_transfer"),
        ("document", "US", "full", "insufficient_capabilities_for_transfer"),
        ("fine", "JP", "full", "transfers_not_allowed"),
        ("fine", "MX", "full", "transfers_not_allowed"),
    ],
)
def test_who_cannot_be_paid_gets_nothing(
    sandbox: Sandbox, person: str, country: str, agreement: str, code: str
) -> None:
    """I-23: the wrong agreement for a country looks fine until the first transfer."""
    account, before = sandbox.account(person, country=country, agreement=agreement), available(sandbox)
    assert refused(sandbox, sending(account)).code == code
    assert available(sandbox) == before


@pytest.mark.parametrize(("country", "agreement"), [("JP", "recipient"), ("KR", "recipient"), ("GB", "full")])
def test_the_right_agreement_can_be_paid(sandbox: Sandbox, country: str, agreement: str) -> None:
    account = sandbox.account(country=country, agreement=agreement)
    assert sandbox.api.v1.transfers.create(params=sending(account)).id  # type: ignore[arg-type]


def test_what_is_not_there_yet_cannot_be_sent(sandbox: Sandbox) -> None:
    account = sandbox.account()
    sandbox.paid(OK, currency="usd", amount=90_000_000)
    error = refused(sandbox, sending(account, 80_000_000))
    assert (error.http_status, error.code) == (400, "balance_insufficient")
    assert refused(sandbox, sending(account, currency="chf")).code == "balance_insufficient"


def test_a_refusal_is_kept_under_its_key(sandbox: Sandbox) -> None:
    """Stripe answers a key the same for a day, also when the money has come since: another key is needed."""
    account, options = sandbox.account(), {"idempotency_key": "payout:poor"}
    params: Any = sending(account, 5_000, "nzd")
    for _ in "ab":
        with pytest.raises(stripe.InvalidRequestError):
            sandbox.api.v1.transfers.create(params, options)  # type: ignore[arg-type]
        sandbox.paid(AT_ONCE, currency="nzd", amount=20_000)
    assert sandbox.api.v1.transfers.create(params).id


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": None}, "amount"),
        ({"currency": "xxx"}, "currency"),
        ({"destination": "acct_none"}, "destination"),
        ({"source_transaction": "ch_1"}, "source_transaction"),
    ],
)
def test_a_transfer_that_is_wrong_is_refused_by_name(sandbox: Sandbox, change: dict[str, Any], param: str) -> None:
    params = {**sending(sandbox.account()), **change}
    assert refused(sandbox, {name: value for name, value in params.items() if value is not None}).param == param


def test_it_goes_on_to_the_bank(sandbox: Sandbox) -> None:
    account = sandbox.account()
    sandbox.api.v1.transfers.create(params=sending(account, 700))  # type: ignore[arg-type]
    sandbox.settle()
    assert events(sandbox, account) == ["payout.created", "payout.paid"]
    options: Any = {"stripe_account": account}
    [payout] = sandbox.api.v1.payouts.list(options=options).data
    assert (payout.amount, payout.status, available(sandbox, account)) == (700, "paid", 0)
    assert sandbox.api.v1.payouts.retrieve(payout.id, options=options).automatic
    assert not sandbox.api.v1.payouts.list().data
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.api.v1.payouts.retrieve(payout.id)


def test_a_bank_that_sends_it_back(sandbox: Sandbox) -> None:
    account = sandbox.account("back")
    sandbox.api.v1.transfers.create(params=sending(account, 700))  # type: ignore[arg-type]
    sandbox.settle()
    assert events(sandbox, account) == ["payout.created", "payout.failed"]
    now = sandbox.api.v1.accounts.retrieve(account)
    assert (now.payouts_enabled, now.requirements and now.requirements.currently_due) == (False, ["external_account"])
    assert available(sandbox, account) == 700
    sandbox.onboard(account, "fine")
    sandbox.settle()
    assert events(sandbox, account)[2:] == ["payout.created", "payout.paid"]


def test_a_reversal_fetches_back_what_is_there(sandbox: Sandbox) -> None:
    account, before = sandbox.account(), available(sandbox)
    transfer = sandbox.api.v1.transfers.create(params=sending(account))  # type: ignore[arg-type]
    reverse = sandbox.api.v1.transfers.reversals.create
    reverse(transfer.id, {"amount": 400})
    assert not sandbox.api.v1.transfers.retrieve(transfer.id).reversed
    reverse(transfer.id, {}, {"idempotency_key": "back:1"})
    now = sandbox.api.v1.transfers.retrieve(transfer.id)
    assert (now.reversed, now.amount_reversed) == (True, 1_000)
    assert [one.amount for one in sandbox.api.v1.transfers.reversals.list(transfer.id).data] == [600, 400]
    assert available(sandbox) == before
    with pytest.raises(stripe.InvalidRequestError):
        reverse(transfer.id)
    assert [event["type"] for event in sandbox.events_about(transfer.id)] == ["transfer.created"] + 2 * [
        "transfer.reversed"
    ]


def test_what_has_left_for_the_bank_cannot_be_fetched_back(sandbox: Sandbox) -> None:
    """I-36: the platform cannot count on a reversal."""
    transfer = sandbox.api.v1.transfers.create(params=sending(sandbox.account()))  # type: ignore[arg-type]
    sandbox.settle()
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.v1.transfers.reversals.create(transfer.id)
    assert raised.value.code == "balance_insufficient"
    assert sandbox.api.v1.transfers.retrieve(transfer.id).amount_reversed == 0

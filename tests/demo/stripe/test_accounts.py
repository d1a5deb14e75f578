"""Connected accounts: what they owe decides what they can do; each change is told, with the account's name on top."""

from typing import Any

import pytest
import stripe

from tests.demo.stripe.sandbox import Receiver, Sandbox, payee


def told(sandbox: Sandbox, account: str) -> list[str]:
    """The names of an account's own events, oldest first."""
    found = sandbox.api.v1.events.list(params={"limit": 100}, options={"stripe_account": account}).data
    return [event.type for event in reversed(found)]


def test_a_new_account_owes_everything_and_can_do_nothing(sandbox: Sandbox) -> None:
    account = sandbox.api.v1.accounts.retrieve(sandbox.account(""))
    assert account.requirements
    assert account.capabilities
    assert {"external_account", "individual.first_name"} <= set(account.requirements.currently_due or [])
    assert (account.capabilities.transfers, account.payouts_enabled, account.details_submitted) == (
        "inactive", False, False,
    )  # fmt: skip
    assert account.type == "none"


@pytest.mark.parametrize(
    ("person", "submitted", "transfers", "enabled", "owes"),
    [
        ("fine", True, "active", True, []),
        ("back", True, "active", True, []),
        ("document", True, "inactive", False, ["individual.verification.document"]),
        ("unfinished", False, "inactive", False, None),
    ],
)
def test_what_was_told_decides(
    sandbox: Sandbox, person: str, submitted: bool, transfers: str, enabled: bool, owes: list[str] | None
) -> None:
    account = sandbox.api.v1.accounts.retrieve(sandbox.account(person))
    assert account.capabilities
    assert account.requirements
    assert account.details_submitted == submitted
    assert (account.capabilities.transfers, account.payouts_enabled) == (transfers, enabled)
    assert owes is None or account.requirements.currently_due == owes


def test_a_document_handed_in_later_opens_what_was_closed(sandbox: Sandbox) -> None:
    account = sandbox.account("document")
    assert sandbox.onboard(account, "document")["payouts_enabled"]
    assert told(sandbox, account) == ["account.updated", "capability.updated", "account.updated"]
    assert not sandbox.onboard(account, "look_again")["payouts_enabled"]


def test_changes_are_told_with_the_account_on_top(sandbox: Sandbox) -> None:
    account = sandbox.account("fine")
    event = sandbox.api.v1.events.list(params={"limit": 1}, options={"stripe_account": account}).data[0]
    assert (event.type, event.to_dict()["account"]) == ("account.updated", account)
    assert event.data.previous_attributes["payouts_enabled"] is False  # type: ignore[index]
    platform = sandbox.api.v1.events.list(params={"limit": 100}).data
    assert not any("account" in one.to_dict() for one in platform)
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.api.v1.events.retrieve(event.id)
    assert sandbox.api.v1.events.retrieve(event.id, options={"stripe_account": account}).id == event.id


def test_they_come_to_the_same_webhook(tmp_path: Any) -> None:
    receiver = Receiver()
    sandbox = Sandbox(tmp_path, receiver.address)
    try:
        account = sandbox.account("fine")
        came = receiver.wait(2)
        assert [(event["type"], event["account"]) for event in came] == [
            ("capability.updated", account), ("account.updated", account),
        ]  # fmt: skip
    finally:
        sandbox.close()
        receiver.close()


def test_a_list_and_a_change(sandbox: Sandbox) -> None:
    account = sandbox.account("", email="a@example.com", metadata={"payee": "7", "old": "x"})
    changed = sandbox.api.v1.accounts.update(account, params={"email": "b@example.com", "metadata": {"payee": "8"}})
    assert (changed.email, changed.metadata and changed.metadata["payee"]) == ("b@example.com", "8")
    assert sandbox.api.v1.accounts.list(params={"limit": 1}).data[0].id == account


def test_one_key_makes_one_account(sandbox: Sandbox) -> None:
    made = [sandbox.api.v1.accounts.create(params=payee("GB"), options={"idempotency_key": "payee:1"}).id for _ in "ab"]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"country": "XX"}, "country"),
        ({"country": "US", "agreement": "recipient"}, "tos_acceptance[service_agreement]"),
        ({"type": "express"}, "type"),
        ({"capabilities": {"card_payments": {"requested": True}}}, "capabilities[card_payments]"),
        ({"capabilities": {}}, "capabilities"),
        ({"controller": {"losses": {"payments": "stripe"}}}, "controller[losses][payments]"),
        ({"controller": {"losses": {"payments": "application"}}}, "controller"),
    ],
)
def test_an_account_that_cannot_be_is_refused(sandbox: Sandbox, given: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.v1.accounts.create(params=payee(**given))  # type: ignore[arg-type]
    assert raised.value.param == param


def test_the_agreement_stays(sandbox: Sandbox) -> None:
    account = sandbox.account("", country="JP")
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.v1.accounts.update(account, params={"tos_acceptance": {"service_agreement": "recipient"}})
    assert raised.value.param == "tos_acceptance[service_agreement]"


def test_one_can_ask_for_an_account_only_where_it_is_known(sandbox: Sandbox) -> None:
    mine: Any = {"stripe_account": sandbox.account("")}
    assert sandbox.api.v1.balance.retrieve(options=mine).available[0].amount == 0
    with pytest.raises(stripe.PermissionError):
        sandbox.api.v1.balance.retrieve(options={"stripe_account": "acct_none"})
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.v1.charges.list(options=mine)
    assert raised.value.param == "Stripe-Account"


def test_what_is_wanted_soon_closes_nothing_yet(sandbox: Sandbox) -> None:
    account = sandbox.account("fine")
    asked = sandbox.onboard(account, "ask_soon")
    assert (asked["payouts_enabled"], asked["capabilities"]["transfers"]) == (True, "active")
    wanted = asked["requirements"]
    assert wanted["currently_due"] == ["individual.verification.document"]
    assert (wanted["past_due"], wanted["disabled_reason"]) == ([], None)
    assert wanted["current_deadline"] > asked["created"]
    given = sandbox.onboard(account, "fine")
    assert (given["requirements"]["currently_due"], given["requirements"]["current_deadline"]) == ([], None)


def test_who_is_rejected_says_so_and_cannot_mend_it(sandbox: Sandbox) -> None:
    account = sandbox.account("fine")
    for person in ("reject", "fine"):
        said = sandbox.onboard(account, person)
        assert (said["payouts_enabled"], said["capabilities"]["transfers"]) == (False, "inactive")
        assert said["requirements"]["disabled_reason"] == "rejected.other"


def test_an_account_that_left_is_out_of_reach(sandbox: Sandbox) -> None:
    account = sandbox.account("fine")
    sandbox.onboard(account, "disconnect")
    with pytest.raises(stripe.PermissionError) as hidden:
        sandbox.api.v1.accounts.retrieve(account)
    assert hidden.value.json_body["error"]["code"] == "account_invalid"  # type: ignore[index,call-overload]
    with pytest.raises(stripe.PermissionError):
        sandbox.api.v1.balance.retrieve(options={"stripe_account": account})
    with pytest.raises(stripe.InvalidRequestError) as gone:
        sandbox.api.v1.transfers.create(params={"amount": 100, "currency": "usd", "destination": account})
    assert gone.value.code == "resource_missing"

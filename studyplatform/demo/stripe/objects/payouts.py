"""Payouts of connected accounts: what came is sent on to the bank by itself, arrives, or comes back.

The sandbox changes no money: an account is paid out in the currency that came.
"""

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.errors import no_such
from studyplatform.demo.stripe.lists import CREATED, PAGE, equals, owned, page, times
from studyplatform.demo.stripe.objects import accounts, balance, balance_transactions, events, shapes
from studyplatform.demo.stripe.params import Schema, Text
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, Cause, World

LIST: Schema = {
    **PAGE, **CREATED, "arrival_date": CREATED["created"], "destination": Text(), "status": Text(),
}  # fmt: skip
SENDS_BACK = "000111111116"  # the test account number whose bank sends everything back
REASON = "The bank account details on file are probably incorrect. No bank account could be located with them."


def plan(world: World, account: str) -> None:
    """Have what an account holds sent to its bank in a while."""
    world.later("pay_out", account)


def settle(world: World, identity: str, action: str) -> None:
    """Do what was planned: send what an account holds (`pay_out`), or let a payout arrive (`arrive`)."""
    if action == "pay_out":
        _send(world, world.store.get("account", identity) or {})
    else:
        _arrive(world, world.store.get("payout", identity) or {})


def _send(world: World, account: Json) -> None:
    for currency, held, _ in balance.sums(world, account["id"]):
        if held > 0 and account["payouts_enabled"]:
            payout = _make(world, account, held, currency)
            events.emit(world, "payout.created", shapes.public(payout), Cause(), account=account["id"])
            world.later("arrive", payout["id"])


def _make(world: World, account: Json, amount: int, currency: str) -> Json:
    identity, now = ids.new("po"), world.clock.now()
    booked = balance_transactions.record(
        world, "payout", identity, -amount, currency, delay=0, description="STRIPE PAYOUT", account=account["id"]
    )
    return world.store.add(
        {
            "id": identity,
            "object": "payout",
            "amount": amount,
            "application_fee": None,
            "application_fee_amount": None,
            "arrival_date": now,
            "automatic": True,
            "balance_transaction": booked["id"],
            "created": now,
            "currency": currency,
            "description": "STRIPE PAYOUT",
            "destination": f"ba_{account['id'].removeprefix('acct_')}",
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "livemode": False,
            "metadata": {},
            "method": "standard",
            "original_payout": None,
            "payout_method": None,
            "reconciliation_status": "in_progress",
            "reversed_by": None,
            "source_type": "card",
            "statement_descriptor": None,
            "status": "in_transit",
            "trace_id": None,
            "type": "bank_account",
            "_account": account["id"],
        }
    )


def _arrive(world: World, payout: Json) -> None:
    account = world.store.get("account", payout["_account"]) or {}
    if account["_given"]["bank"] == SENDS_BACK:
        _fail(world, payout, account)
        return
    payout |= {"status": "paid", "reconciliation_status": "completed"}
    world.store.save(payout)
    _tell(world, "payout.paid", payout)


def _fail(world: World, payout: Json, account: Json) -> None:
    """The money is back in the account's balance, and Stripe wants another bank account before it sends again."""
    booked = balance_transactions.record(
        world, "payout_failure", payout["id"], payout["amount"], payout["currency"], delay=0, account=account["id"]
    )
    back = {"failure_balance_transaction": booked["id"], "failure_code": "no_account", "failure_message": REASON}
    payout |= {"status": "failed", "reconciliation_status": "completed", **back}
    world.store.save(payout)
    _tell(world, "payout.failed", payout)
    account["_owes"] = [accounts.BANK]
    accounts.change(world, account)


def _tell(world: World, kind: str, payout: Json) -> None:
    previous = {"status": "in_transit"}
    events.emit(world, kind, shapes.public(payout), Cause(), previous, account=payout["_account"])


def retrieve(call: Call) -> Json:
    """GET /v1/payouts/:id."""
    found = call.world.store.get("payout", call.identity)
    if not found or found["_account"] != call.account:
        raise no_such("payout", call.identity, "payout")
    return shapes.public(found)


def listed(call: Call) -> Json:
    """GET /v1/payouts."""
    conditions = [
        *equals(call.params, "destination", "status"),
        owned(call.account),
        *times(call.params, "arrival_date"),
    ]
    answer = page(call.world.store, "payout", call.path, call.params, *conditions)
    answer["data"] = [shapes.public(body) for body in answer["data"]]
    return answer

"""Balance transactions: what each payment and refund did to the balance, the fee taken apart."""

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.errors import no_such
from studyplatform.demo.stripe.lists import CREATED, PAGE, equals, owned, page
from studyplatform.demo.stripe.objects import shapes
from studyplatform.demo.stripe.params import Schema, Text
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, World

LIST: Schema = {**PAGE, **CREATED, "currency": Text(3), "payout": Text(), "source": Text(), "type": Text()}
DELAY = 2 * 24 * 3600  # seconds until the money of a payment is available


def record(
    world: World, kind: str, source: str, amount: int, currency: str, fee: int = 0, *, delay: int = DELAY,
    description: str | None = None, account: str = "", category: str = "",
) -> Json:  # fmt: skip
    """Keep one movement of the platform's balance or of an account's; `amount` is negative when money leaves."""
    now = world.clock.now()
    details = {"amount": fee, "application": None, "currency": currency, "description": "Stripe processing fees"}
    return world.store.add(
        {
            "id": ids.new("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": now + delay,
            "balance_type": "payments",
            "created": now,
            "currency": currency,
            "description": description,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [{**details, "type": "stripe_fee"}] if fee else [],
            "net": amount - fee,
            "reporting_category": category or kind,
            "source": source,
            "status": "pending",
            "type": kind,
            **({"_account": account} if account else {}),
        }
    )


def shown(world: World, body: Json) -> Json:
    """Return a movement as it is now: pending until its day."""
    return {**shapes.public(body), "status": "available" if body["available_on"] <= world.clock.now() else "pending"}


def retrieve(call: Call) -> Json:
    """GET /v1/balance_transactions/:id."""
    found = call.world.store.get("balance_transaction", call.identity)
    if not found or found.get("_account", "") != call.account:
        raise no_such("balance transaction", call.identity, "id")
    return shown(call.world, found)


def listed(call: Call) -> Json:
    """GET /v1/balance_transactions."""
    conditions = equals(call.params, "currency", "payout", "source", "type")
    answer = page(call.world.store, "balance_transaction", call.path, call.params, *conditions, owned(call.account))
    answer["data"] = [shown(call.world, body) for body in answer["data"]]
    return answer

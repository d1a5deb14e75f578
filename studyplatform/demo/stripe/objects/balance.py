"""The balance: what is there now and what is on its way, by currency."""

from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, World

SUMS = """
WITH moves AS (
    SELECT json_extract(body, '$.currency') AS currency, json_extract(body, '$.net') AS net,
           json_extract(body, '$.available_on') <= ? AS there
    FROM objects WHERE kind = 'balance_transaction' AND coalesce(json_extract(body, '$._account'), '') = ?
)
SELECT currency, sum(net * there) AS available, sum(net * (NOT there)) AS pending
FROM moves GROUP BY currency ORDER BY currency
"""


def retrieve(call: Call) -> Json:
    """GET /v1/balance."""
    there = sums(call.world, call.account) or [("usd", 0, 0)]
    return {
        "object": "balance",
        "available": [_part(currency, available) for currency, available, _ in there],
        "livemode": False,
        "pending": [_part(currency, pending) for currency, _, pending in there],
        "refund_and_dispute_prefunding": {
            "available": [_sum(currency, 0) for currency, *_ in there],
            "pending": [_sum(currency, 0) for currency, *_ in there],
        },
    }


def sums(world: World, account: str = "") -> list[tuple[str, int, int]]:
    """Return currency, what is there and what is on its way, of the platform or of a connected account."""
    rows = world.store.rows(SUMS, world.clock.now(), account)
    return [(row["currency"], row["available"], row["pending"]) for row in rows]


def available(world: World, currency: str, account: str = "") -> int:
    """Return what can be sent now in a currency."""
    return next((there for code, there, _ in sums(world, account) if code == currency), 0)


def _sum(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency}


def _part(currency: str, amount: int) -> Json:
    return {**_sum(currency, amount), "source_types": {"card": amount}}

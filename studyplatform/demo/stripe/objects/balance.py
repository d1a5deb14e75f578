"""The balance: what is there now and what is on its way, by currency."""

from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call

SUMS = """
WITH moves AS (
    SELECT json_extract(body, '$.currency') AS currency, json_extract(body, '$.net') AS net,
           json_extract(body, '$.available_on') <= ? AS there
    FROM objects WHERE kind = 'balance_transaction'
)
SELECT currency, sum(net * there) AS available, sum(net * (NOT there)) AS pending
FROM moves GROUP BY currency ORDER BY currency
"""


def retrieve(call: Call) -> Json:
    """GET /v1/balance."""
    rows = call.world.store.rows(SUMS, call.world.clock.now())
    sums = [(row["currency"], row["available"], row["pending"]) for row in rows] or [("usd", 0, 0)]
    return {
        "object": "balance",
        "available": [_part(currency, available) for currency, available, _ in sums],
        "livemode": False,
        "pending": [_part(currency, pending) for currency, _, pending in sums],
        "refund_and_dispute_prefunding": {
            "available": [_sum(currency, 0) for currency, *_ in sums],
            "pending": [_sum(currency, 0) for currency, *_ in sums],
        },
    }


def _sum(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency}


def _part(currency: str, amount: int) -> Json:
    return {**_sum(currency, amount), "source_types": {"card": amount}}

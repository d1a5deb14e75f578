"""The balance: what is there now and what is on its way, by currency."""

from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call

SUMS = """
SELECT json_extract(body, '$.currency') AS currency,
       sum(CASE WHEN json_extract(body, '$.available_on') <= ?1 THEN json_extract(body, '$.net') ELSE 0 END) AS available,
       sum(CASE WHEN json_extract(body, '$.available_on') > ?1 THEN json_extract(body, '$.net') ELSE 0 END) AS pending
FROM objects WHERE kind = 'balance_transaction' GROUP BY 1 ORDER BY 1
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

"""What Stripe keeps of a payment and of a dispute; neither a refund nor a dispute won gives it back."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from studyplatform.demo.stripe.currencies import ZERO_DECIMAL


@dataclass(frozen=True)
class Rate:
    """A share in percent and a fixed part in smallest units."""

    percent: Decimal
    fixed: int


RATES = {"krw": Rate(Decimal("3.5"), 0), "usd": Rate(Decimal("2.9"), 30)}
DISPUTE = {"krw": 20_000, "jpy": 1_300}  # smallest units; Stripe's differ by the country of the account
OTHER = Rate(Decimal("2.9"), 30)
OTHER_ZERO_DECIMAL = Rate(Decimal("3.5"), 0)


def fee(amount: int, currency: str) -> int:
    """Return the fee on a payment, rounded half up, never more than the payment."""
    rate = RATES.get(currency, OTHER_ZERO_DECIMAL if currency in ZERO_DECIMAL else OTHER)
    share = (amount * rate.percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
    return min(int(share) + rate.fixed, amount)


def dispute_fee(currency: str) -> int:
    """Return what a dispute costs, whoever is right."""
    return DISPUTE.get(currency, 1_500)

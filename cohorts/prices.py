"""What a seat may cost, and in which money."""

from decimal import Decimal

from django.utils.translation import gettext as _

from studyplatform.kit import money
from studyplatform.kit.errors import Refused

LEAST = {"KRW": 1_000, "JPY": 100, "USD": 1}  # in the currency's own unit; below, fees eat the price
MOST = {"KRW": 10_000_000, "JPY": 1_000_000, "USD": 10_000}


def least(currency: str) -> int:
    """Return the smallest price that is not free, in minor units."""
    return money.minor(Decimal(LEAST[currency]), currency)


def most(currency: str) -> int:
    """Return the largest price, in minor units."""
    return money.minor(Decimal(MOST[currency]), currency)


def less(price: int, off: int, currency: str) -> int:
    """Return what is left of a price when `off` comes off it (minor units): nothing, or at least the least price."""
    return min(price, max(price - off, least(currency))) if off < price else 0


def check(amount: int, currency: str) -> int:
    """Return the price if it may be asked. Raises Refused with the bounds in money."""
    if amount and not least(currency) <= amount <= most(currency):
        bounds = {"least": money.show(least(currency), currency), "most": money.show(most(currency), currency)}
        raise Refused(_("A price is between %(least)s and %(most)s, or 0 for free.") % bounds, field="price")
    return amount

"""Money is an integer in minor units beside an ISO 4217 code; its decimals come from the standard."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_currency, get_currency_precision, parse_decimal
from django.utils.translation import get_language

CURRENCIES = ("KRW", "USD", "JPY")
BASIS = 10_000  # shares are kept in basis points
AROUND = "₩￦$¥￥원"  # what people write around an amount
TYPED = re.compile(r"[-+]?[\d.,]+")  # no "1e9", no "1_000", which Decimal takes for numbers


def exponent(currency: str) -> int:
    """Return how many decimals the currency has (KRW 0, USD 2), from ISO 4217 by way of CLDR."""
    return get_currency_precision(currency)


def major(amount: int, currency: str) -> Decimal:
    """Return minor units as a decimal in the currency's own unit: 4900 USD -> 49.00."""
    return Decimal(amount).scaleb(-exponent(currency))


def minor(value: Decimal, currency: str) -> int:
    """Return a decimal in the currency's unit as minor units; raise ValueError when it has too many decimals."""
    scaled = value.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{currency} has {exponent(currency)} decimals")
    return int(scaled)


def parse(text: str, currency: str, language: str | None = None) -> int:
    """Return minor units for what a person typed ("200,000", "200,000원"); raise ValueError when it is no amount."""
    number = text.strip().strip(AROUND).strip()
    if not TYPED.fullmatch(number):
        raise ValueError(f"no amount: {number}")
    return minor(parse_decimal(number, locale=language or get_language() or "en", strict=True), currency)


def written(amount: int, currency: str) -> str:
    """Return the amount as a person would type it, without its currency; `parse` reads it back."""
    plain = "#,##0.00"  # the currency's own number of decimals takes the place of these
    return format_currency(major(amount, currency), currency, plain, locale=get_language() or "en")


def show(amount: int, currency: str, language: str | None = None) -> str:
    """Return the amount as the language writes it: 150000 KRW -> "150,000원" in Korean, "₩150,000" in English.

    Below nothing it has the sign that stands before what is taken off elsewhere on our pages.
    """
    language = language or get_language() or "en"
    value = major(amount, currency)
    if language == "ko" and currency == "KRW":
        shown = f"{value:,f}원"
    else:
        shown = format_currency(value, currency, locale=language)
    return shown.replace("-", "−")


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` by weights with the largest remainder, so that the parts sum to it exactly.

    Every part has the sign of `total`; equal remainders go to the earlier part. Weights are >= 0, not all 0.
    """
    if total < 0:
        return [-part for part in split(-total, weights)]
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def share(amount: int, basis_points: int) -> int:
    """Return the given share of an amount, rounded half up for positive amounts."""
    return (amount * basis_points * 2 + BASIS) // (2 * BASIS)

"""I-19, I-20: minor units with the decimals of the standard; parts that sum to the whole."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from studyplatform.kit import money

EXPONENTS = {"KRW": 0, "JPY": 0, "USD": 2, "BHD": 3}
currencies = st.sampled_from(sorted(EXPONENTS))
amounts = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(("currency", "decimals"), EXPONENTS.items())
def test_decimals_come_from_the_standard(currency, decimals):
    assert money.exponent(currency) == decimals
    assert money.major(1, currency) == Decimal(1).scaleb(-decimals)
    assert money.minor(Decimal(1), currency) == 10**decimals


@given(amounts, currencies)
def test_what_is_shown_as_a_decimal_comes_back_the_same(amount, currency):
    assert money.minor(money.major(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "korean", "english"),
    [
        (150_000, "KRW", "150,000원", "₩150,000"),
        (0, "KRW", "0원", "₩0"),
        (-150_000, "KRW", "−150,000원", "−₩150,000"),
        (4_900, "USD", "US$49.00", "$49.00"),
        (5, "USD", "US$0.05", "$0.05"),
        (1_500, "JPY", "JP¥1,500", "¥1,500"),
    ],
)
def test_amounts_as_people_write_them(amount, currency, korean, english):
    assert money.show(amount, currency, "ko") == korean
    assert money.show(amount, currency, "en") == english


def test_dinars_have_thousandths_on_the_page_too():
    assert "1.234" in money.show(1_234, "BHD", "en")


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("200,000", "KRW", 200_000),
        ("200000", "KRW", 200_000),
        ("49.5", "USD", 4_950),
        ("1.234", "BHD", 1_234),
        ("₩10,000", "KRW", 10_000),
        (" 10,000 원 ", "KRW", 10_000),
        ("$49.50", "USD", 4_950),
        ("٣٠٠٠", "KRW", 3_000),
    ],
)
def test_what_people_type(typed, currency, amount):
    assert money.parse(typed, currency, "ko") == amount


@given(st.integers(0, 10**12), currencies, st.sampled_from(["ko", "en"]))
def test_what_is_written_into_a_field_is_read_back(amount, currency, language):
    with translation.override(language):
        assert money.parse(money.written(amount, currency), currency, language) == amount


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        *[("1.5", "KRW"), ("0.5", "JPY"), ("1.005", "USD"), ("1.2345", "BHD"), ("", "KRW"), ("many", "KRW")],
        *[("1,2", "KRW"), ("1,00,0", "KRW"), ("10 000", "KRW"), ("0x10", "KRW"), ("원", "KRW"), ("--5", "KRW")],
        *[("1e9", "KRW"), ("1_000", "KRW"), ("NaN", "KRW"), ("Infinity", "KRW"), ("1e999999", "KRW"), (".", "KRW")],
    ],
)
def test_what_is_no_amount_is_refused(typed, currency):
    with pytest.raises(ValueError):  # noqa: PT011  # babel's own is one
        money.parse(typed, currency, "ko")


@given(amounts, weights)
def test_parts_sum_to_the_whole_with_its_sign(total, parts):
    split = money.split(total, parts)
    assert sum(split) == total
    assert all(part * total >= 0 for part in split)
    assert len(split) == len(parts)


@given(amounts, weights)
def test_no_part_is_a_unit_away_from_its_share(total, parts):
    for part, weight in zip(money.split(total, parts), parts, strict=True):
        assert abs(part * sum(parts) - total * weight) < sum(parts)
        assert weight or not part


def test_the_largest_remainders_get_the_rest_and_of_equal_ones_the_first():
    assert money.split(100, [1, 1, 1]) == [34, 33, 33]
    assert money.split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert money.split(103, [50, 50]) == [52, 51]
    assert money.split(10, [335, 333, 332]) == [4, 3, 3]
    assert money.split(2, [0, 5, 5]) == [0, 1, 1]


@pytest.mark.parametrize(
    ("amount", "points", "share"), [(150_000, 330, 4_950), (101, 5_000, 51), (1, 4_999, 0), (0, 9_999, 0)]
)
def test_a_share_is_rounded_half_up(amount, points, share):
    assert money.share(amount, points) == share

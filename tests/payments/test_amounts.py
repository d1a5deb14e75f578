"""One amount everywhere, whatever the currency's decimals (I-19); parts that sum to the whole (I-20)."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from studyplatform.kit import money

MONEY_CODE = [*Path(settings.BASE_DIR, "payments").rglob("*.py"), Path(settings.BASE_DIR, "studyplatform/kit/money.py")]


@pytest.mark.parametrize(
    ("currency", "minor", "shown"),
    [
        ("KRW", 150_000, "₩150,000"),
        ("JPY", 1_000, "¥1,000"),
        ("USD", 4_900, "$49.00"),
        ("KWD", 12_345, "KWD12.345"),
    ],
)
def test_minor_units_are_read_and_written_by_the_standard(currency: str, minor: int, shown: str) -> None:
    """I-19, with a currency of three decimals too."""
    assert money.show(minor, currency, "en") == shown
    assert money.parse(str(money.major(minor, currency)), currency, "en") == minor
    assert money.minor(money.major(minor, currency), currency) == minor


@pytest.mark.parametrize(("currency", "typed"), [("KRW", "100.5"), ("USD", "1.005"), ("KRW", "one")])
def test_more_decimals_than_the_currency_has_are_refused(currency: str, typed: str) -> None:
    with pytest.raises(ValueError, match=r"decimals|no amount"):
        money.parse(typed, currency, "en")


def hundreds(source: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv)
        and any(isinstance(side, ast.Constant) and side.value == 100 for side in (node.left, node.right))
    ]


def test_no_money_code_multiplies_or_divides_by_a_hundred() -> None:
    """I-19: decimals come from the standard."""
    assert hundreds("price * 100") == [1]
    assert hundreds("limit = 100") == []
    found = {str(path): hundreds(path.read_text()) for path in MONEY_CODE}
    assert not {path: lines for path, lines in found.items() if lines}


@given(
    total=st.integers(0, 10**9),
    weights=st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any),
)
def test_parts_sum_to_the_whole_and_none_is_negative(total: int, weights: list[int]) -> None:
    """I-20: the largest remainder."""
    parts = money.split(total, weights)
    assert sum(parts) == total
    assert all(part >= 0 for part in parts)
    assert all(abs(part - total * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True))

"""Forms of money that people make up: whatever stands in a field, the answer is a page that says so, never a fault."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from tests.access.addresses import address, body
from tests.access.table import rows
from tests.access.test_access import REFUSED
from tests.access.trying import attempt, browsers, names, undone
from tests.access.world import ROLES, World, build
from tests.payments.conftest import local_stripe, stripe  # noqa: F401

pytestmark = pytest.mark.django_db

PRICES = ("studio_co", "studio_terms", "studio_scholarships", "scholarship", "member_credit")  # forms beside payments'
TYPED = {"a NUL": "a\0b", "more than a column holds": "9" * 25}
UNASKED = {"join": ["coupon", "came_from", "provider"], "studio_outside": ["given"], "payee_stripe": ["country"]}


@pytest.fixture
def world(stripe: Any, settings: Any, tmp_path: Any) -> World:  # noqa: F811
    settings.MEDIA_ROOT = tmp_path
    return build()


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_whatever_is_typed_into_a_field_is_answered(world: World, typed: str) -> None:
    known, wrong, seen = browsers(world), [], 0
    for method, row, outcomes in rows(names()):
        who = [role for role, said in zip(ROLES, outcomes, strict=True) if said not in REFUSED]
        for field in fields(row, world, known[who[0]]) if method == "POST" and who and of_money(row, world) else []:
            outcome = attempt(world, known[who[0]], "POST", row, {field: typed}).outcome
            wrong += [f"{row}, {field}: {outcome}"] if outcome.startswith("5") else []
            seen += 1
    assert not wrong, "\n".join(wrong)
    assert seen > 80


def of_money(row: str, world: World) -> bool:
    """Whether a row's form belongs to payments, or says a price."""
    return resolve(address(row, world)).func.__module__.startswith("payments.") or row.startswith(PRICES)


def fields(row: str, world: World, browser: Client) -> list[str]:
    """Return what a row's form sends, and what else its page reads."""
    with undone():
        sent = body(row, world, browser).get("data", {})
    return [*sent, *UNASKED.get(row, [])] if isinstance(sent, dict) else []

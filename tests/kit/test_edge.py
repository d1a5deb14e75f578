"""No call leaves the process while a transaction is open, so that no lock waits for another company's server."""

import pytest
from django.db import transaction

from payments import gateway
from studyplatform.kit import edge

pytestmark = pytest.mark.django_db


@edge.outside
def ring(bell: str) -> str:
    return f"{bell} rang"


def test_outside_a_transaction_it_goes_through():
    assert ring("the bell") == "the bell rang"


def test_inside_one_it_is_refused_before_it_leaves():
    with transaction.atomic(), pytest.raises(edge.OpenTransaction, match="ring"):
        ring("the bell")


def test_a_savepoint_is_inside_too_and_after_it_all_is_well():
    with transaction.atomic(), transaction.atomic(), pytest.raises(edge.OpenTransaction):
        ring("the bell")
    assert ring("the bell") == "the bell rang"


@pytest.mark.parametrize(
    ("call", "asked"),
    [
        ("get_page", {"reference": "cs_1"}),
        ("expire_page", {"reference": "cs_1"}),
        ("get_refund", {"reference": "re_1"}),
        ("refunds_of", {"intent": "pi_1"}),
        ("create_refund", {"key": "k", "refund": "1", "intent": "pi_1", "amount": 1}),
    ],
)
def test_every_call_to_stripe_is_guarded(call, asked):
    with transaction.atomic(), pytest.raises(edge.OpenTransaction):
        getattr(gateway, call)(**asked)

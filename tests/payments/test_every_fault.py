"""Every call to Stripe against every way it can fail: the same end as without (I-22), each step once."""

import ast
import inspect
from typing import Any

import pytest
import stripe as library

from payments import claims, gateway
from studyplatform.demo.stripe.faults import REQUEST_KINDS
from tests.payments.buying import LocalStripe
from tests.payments.fault_stories import STORIES, Case
from tests.payments.other_fault_stories import ALL
from tests.payments.outcomes import outcome
from tests.people import make_cohort, make_person, make_study

MOVES_MONEY = ("create_refund", "create_transfer")  # only these can find too little at hand
KINDS = {name: [kind for kind in REQUEST_KINDS if kind != "short" or name.startswith(MOVES_MONEY)] for name in ALL}
ENDS: dict[str, dict[str, Any]] = {}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library waits half a second and more between its tries; what they do is the same without."""
    monkeypatch.setattr(library.HTTPClient, "_sleep_time_seconds", lambda *_: 0)


def told_through(stripe: LocalStripe, call: str, kind: str) -> dict[str, Any]:
    """Live through the story of a call with a person and a cohort of their own, and say how it ends."""
    name = f"{list(ALL).index(call)}-{kind or 'fine'}".replace("_", "-")
    host = make_person(f"h-{name}", "주최")
    cohort = make_cohort(make_study(host, slug=f"s-{name}"), subgroups=0)
    case = Case(stripe, cohort, make_person(f"b-{name}", "구매", language="en"), ALL[call][0], kind)
    ALL[call][1](case)
    case.recover()
    return outcome(stripe, case.person)


@pytest.mark.django_db
@pytest.mark.parametrize(("call", "kind"), [(call, kind) for call, kinds in KINDS.items() for kind in kinds])
def test_the_same_end_as_without(stripe: LocalStripe, call: str, kind: str) -> None:
    if call not in ENDS:
        ENDS[call] = told_through(stripe, call, "")
        assert any(ENDS[call].values()) or call == "expire_page"
    assert told_through(stripe, call, kind) == ENDS[call]


def test_every_call_and_every_fault_stands_in_the_table() -> None:
    """A new call without a story fails here, and so does a new fault nobody meets."""
    found = set()
    for module in (gateway, claims):
        for one in ast.parse(inspect.getsource(module)).body:
            named = isinstance(one, ast.FunctionDef) and [getattr(mark, "id", "") for mark in one.decorator_list]
            if named and "outside" in named:
                found.add(one.name)
    assert found == set(STORIES) | {"read_event"}  # what Stripe tells by itself: its own faults below
    assert {kind for kinds in KINDS.values() for kind in kinds} == set(REQUEST_KINDS)

"""Lists: pages, filters and objects inside objects."""

import json
from typing import Any

import pytest
import stripe

from tests.demo.stripe.sandbox import Sandbox


@pytest.fixture(scope="module")
def three(running: Sandbox) -> list[str]:
    """Three sessions of one person, newest first."""
    made = [running.session(customer_email="three@example.com").id for _ in range(3)]
    return made[::-1]


def ids(sandbox: Sandbox, **params: Any) -> list[str]:
    mine: Any = {"customer_details": {"email": "three@example.com"}, **params}
    return [session.id for session in sandbox.api.v1.checkout.sessions.list(params=mine).data]


def test_pages_go_forth_and_back(sandbox: Sandbox, three: list[str]) -> None:
    assert ids(sandbox) == three
    assert ids(sandbox, limit=2) == three[:2]
    assert ids(sandbox, limit=2, starting_after=three[1]) == three[2:]
    assert ids(sandbox, limit=1, ending_before=three[2]) == three[1:2]


def test_a_page_says_whether_there_is_more(sandbox: Sandbox, three: list[str]) -> None:
    for limit, more in ((2, True), (3, False)):
        params: Any = {"customer_details": {"email": "three@example.com"}, "limit": limit}
        page = sandbox.api.v1.checkout.sessions.list(params=params)
        assert (page.has_more, page.url, page.object) == (more, "/v1/checkout/sessions", "list")


def test_the_library_walks_through_all_pages(sandbox: Sandbox, three: list[str]) -> None:
    params: Any = {"customer_details": {"email": "three@example.com"}, "limit": 1}
    pages = sandbox.api.v1.checkout.sessions.list(params=params)
    assert [session.id for session in pages.auto_paging_iter()] == three


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"starting_after": "cs_none"}, "starting_after"),
        ({"starting_after": "a", "ending_before": "b"}, "ending_before"),
        ({"status": "closed"}, "status"),
        ({"created": {"after": 1}}, "created[after]"),
    ],
)
def test_a_page_that_cannot_be_is_refused(sandbox: Sandbox, params: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        ids(sandbox, **params)
    assert (raised.value.http_status, raised.value.param) == (400, param)


def test_a_list_knows_its_filters(sandbox: Sandbox) -> None:
    paid, open_ = sandbox.paid(payment_intent_data={"transfer_group": "lists"}), sandbox.session()
    api, charge = sandbox.api.v1, paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    refund = api.refunds.create(params={"payment_intent": paid.id})
    found = [
        api.checkout.sessions.list(params={"payment_intent": paid.id}),
        api.charges.list(params={"payment_intent": paid.id}),
        api.charges.list(params={"transfer_group": "lists"}),
        api.refunds.list(params={"charge": charge.id}),
        api.refunds.list(params={"payment_intent": paid.id}),
        api.balance_transactions.list(params={"source": refund.id, "type": "refund"}),
    ]
    assert [len(page.data) for page in found] == [1] * len(found)
    assert api.balance_transactions.list(params={"source": refund.id, "type": "charge"}).data == []
    assert open_.id in {session.id for session in api.checkout.sessions.list(params={"status": "open"}).data}
    assert {session.status for session in api.checkout.sessions.list(params={"status": "complete"}).data} == {
        "complete"
    }


def test_events_are_found_by_type_and_time(sandbox: Sandbox) -> None:
    sandbox.paid()
    events = sandbox.api.v1.events
    newest = events.list(params={"limit": 1}).data[0]
    kinds = ["charge.succeeded", "payment_intent.succeeded"]
    assert {event.type for event in events.list(params={"types": kinds}).data} == set(kinds)
    assert {event.type for event in events.list(params={"type": kinds[0]}).data} == {kinds[0]}
    assert {event.type.split(".")[0] for event in events.list(params={"type": "charge.*"}).data} == {"charge"}
    assert newest.id in {event.id for event in events.list(params={"created": {"gte": newest.created}}).data}
    assert events.list(params={"created": {"gt": newest.created + 10**6}}).data == []


def test_ids_become_objects_where_asked(sandbox: Sandbox) -> None:
    intent = sandbox.paid().id
    found = sandbox.api.v1.payment_intents.retrieve(intent, params={"expand": ["latest_charge.balance_transaction"]})
    charge = found.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    plain = sandbox.api.v1.payment_intents.retrieve(intent)
    assert plain.latest_charge == charge.id


def test_objects_are_also_expanded_when_made_and_in_lists(sandbox: Sandbox) -> None:
    assert "line_items" not in sandbox.session()
    made = sandbox.session(expand=["line_items.data.price.product"])
    assert made.line_items is not None
    product = made.line_items.data[0].price.product  # type: ignore[union-attr]
    assert isinstance(product, stripe.Product)
    assert product.name == "스터디 9기"
    pages = sandbox.api.v1.charges.list(params={"expand": ["data.payment_intent"], "limit": 3})
    assert pages.data
    assert all(isinstance(charge.payment_intent, stripe.PaymentIntent) for charge in pages.data)


@pytest.mark.parametrize(
    "path", ["amount_total", "colour", "a.b.c.d.e", "payment_intent.latest_charge.payment_intent.latest_charge.refunds"]
)
def test_what_cannot_be_expanded_is_refused(sandbox: Sandbox, path: str) -> None:
    session = sandbox.session()
    sandbox.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError) as raised:
        sandbox.api.v1.checkout.sessions.retrieve(session.id, params={"expand": [path]})
    assert raised.value.param == "expand"


def test_a_list_inside_an_object_has_pages_of_its_own(sandbox: Sandbox) -> None:
    line = {"price_data": {"currency": "krw", "unit_amount": 1000, "product_data": {"name": "x"}}, "quantity": 2}
    session = sandbox.session(line_items=[line, line, line])
    path = f"/v1/checkout/sessions/{session.id}/line_items"
    first = json.loads(sandbox.api.raw_request("get", path, limit=2).body)
    rest = json.loads(sandbox.api.raw_request("get", path, starting_after=first["data"][-1]["id"]).body)
    assert (len(first["data"]), first["has_more"], len(rest["data"]), rest["has_more"]) == (2, True, 1, False)
    assert session.amount_total == sum(line["amount_total"] for line in first["data"] + rest["data"]) == 6000

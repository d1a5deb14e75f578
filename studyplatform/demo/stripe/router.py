"""Every endpoint of the API: its method, address, parameters and what answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from studyplatform.demo.stripe import session_params
from studyplatform.demo.stripe.errors import unrecognized
from studyplatform.demo.stripe.expand import Expander
from studyplatform.demo.stripe.lists import EXPAND, PAGE, cut, equals, page
from studyplatform.demo.stripe.objects import (
    account_links,
    account_params,
    accounts,
    balance,
    balance_transactions,
    charges,
    disputes,
    events,
    payment_intents,
    payouts,
    refunds,
    reversals,
    sessions,
    shapes,
    transfers,
)
from studyplatform.demo.stripe.params import Schema
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, World

Endpoint = Callable[[Call], Json]


@dataclass(frozen=True)
class Route:
    """One endpoint. `:id` in the address stands for an identity."""

    method: str
    address: str
    schema: Schema
    endpoint: Endpoint
    connected: bool = False  # can be asked for a connected account too

    def match(self, path: str) -> str | None:
        """Return the identity in a path, "" when the address has none, None when the path is another's."""
        mine, given = self.address.split("/"), path.split("/")
        if len(mine) != len(given):
            return None
        if any(part not in (":id", other) for part, other in zip(mine, given, strict=True)):
            return None
        return given[mine.index(":id")] if ":id" in mine else ""


ROUTES = (
    Route("POST", "/v1/checkout/sessions", session_params.CREATE, sessions.create),
    Route("GET", "/v1/checkout/sessions", session_params.LIST, sessions.listed),
    Route("GET", "/v1/checkout/sessions/:id", EXPAND, sessions.retrieve),
    Route("POST", "/v1/checkout/sessions/:id/expire", EXPAND, sessions.expire),
    Route("GET", "/v1/checkout/sessions/:id/line_items", PAGE, sessions.lines),
    Route("GET", "/v1/payment_intents", payment_intents.LIST, payment_intents.listed),
    Route("GET", "/v1/payment_intents/:id", payment_intents.RETRIEVE, payment_intents.retrieve),
    Route("GET", "/v1/charges", charges.LIST, charges.listed),
    Route("GET", "/v1/charges/:id", EXPAND, charges.retrieve),
    Route("GET", "/v1/balance", EXPAND, balance.retrieve, connected=True),
    Route("GET", "/v1/balance_transactions", balance_transactions.LIST, balance_transactions.listed, connected=True),
    Route("GET", "/v1/balance_transactions/:id", EXPAND, balance_transactions.retrieve, connected=True),
    Route("POST", "/v1/refunds", refunds.CREATE, refunds.create),
    Route("GET", "/v1/refunds", refunds.LIST, refunds.listed),
    Route("GET", "/v1/refunds/:id", EXPAND, refunds.retrieve),
    Route("GET", "/v1/disputes", disputes.LIST, disputes.listed),
    Route("GET", "/v1/disputes/:id", EXPAND, disputes.retrieve),
    Route("GET", "/v1/events", events.LIST, events.listed, connected=True),
    Route("GET", "/v1/events/:id", EXPAND, events.retrieve, connected=True),
    Route("POST", "/v1/accounts", account_params.CREATE, accounts.create),
    Route("GET", "/v1/accounts", accounts.LIST, accounts.listed),
    Route("GET", "/v1/accounts/:id", EXPAND, accounts.retrieve),
    Route("POST", "/v1/accounts/:id", account_params.UPDATE, accounts.update),
    Route("GET", "/v1/accounts/:id/capabilities", EXPAND, accounts.capabilities),
    Route("POST", "/v1/account_links", account_links.CREATE, account_links.create),
    Route("POST", "/v1/transfers", transfers.CREATE, transfers.create),
    Route("GET", "/v1/transfers", transfers.LIST, transfers.listed),
    Route("GET", "/v1/transfers/:id", EXPAND, transfers.retrieve),
    Route("POST", "/v1/transfers/:id/reversals", reversals.CREATE, reversals.create),
    Route("GET", "/v1/transfers/:id/reversals", reversals.LIST, reversals.listed),
    Route("GET", "/v1/payouts", payouts.LIST, payouts.listed, connected=True),
    Route("GET", "/v1/payouts/:id", EXPAND, payouts.retrieve, connected=True),
)


def find(method: str, path: str) -> tuple[Route, str]:
    """Return the endpoint of a request and the identity in its path. Raises ApiError 404."""
    for route in ROUTES:
        identity = route.match(path)
        if route.method == method and identity is not None and bool(identity) == (":id" in route.address):
            return route, identity
    raise unrecognized(method, path)


def answer(route: Route, call: Call) -> Json:
    """Run an endpoint and expand what was asked for."""
    expander = Expander(
        call.world.store, lambda body: show(call.world, body), lambda node, name: include(call.world, node, name)
    )
    return expander.apply(route.endpoint(call), call.params.get("expand", []))


def show(world: World, body: Json) -> Json:
    """Return a stored object as the API shows it."""
    if body["object"] == "balance_transaction":
        return balance_transactions.shown(world, body)
    if body["object"] == "dispute":
        return disputes.shown(world, body)
    if body["object"] == "transfer":
        return transfers.shown(world, body)
    return shapes.public(body)


def include(world: World, node: Json, name: str) -> Json:
    """Return a list that is sent only when asked for: a session's lines, a charge's refunds."""
    if name == "line_items":
        return cut(
            f"/v1/checkout/sessions/{node['id']}/line_items", sessions.find(world, node["id"])["_line_items"], {}
        )
    found = page(
        world.store, "refund", f"/v1/charges/{node['id']}/refunds", {}, *equals({"charge": node["id"]}, "charge")
    )
    return {**found, "data": [shapes.public(body) for body in found["data"]]}

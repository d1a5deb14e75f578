"""Parameters: every name Stripe's library knows is taken or refused by name, and no other is taken."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
from stripe._encode import _api_encode

from studyplatform.demo.stripe.params import Either, Hash, Kind, Many, NotHere, Required, Schema
from studyplatform.demo.stripe.router import ROUTES
from tests.demo.stripe import official
from tests.demo.stripe.sandbox import Sandbox, order

BASES: dict[str, dict[str, Any]] = {
    "POST /v1/checkout/sessions": order(),
    "POST /v1/account_links": {"account": "acct_none", "type": "account_onboarding"},
    "POST /v1/transfers": {"currency": "usd", "destination": "acct_none"},
}
SCHEMAS = {f"{route.method} {route.address}": route.schema for route in ROUTES}
Names = tuple[str, ...]


def unwrapped(kind: Kind) -> Kind:
    while isinstance(kind, Required | Many | Either):
        kind = kind.nested if isinstance(kind, Either) else kind.kind
    return kind


def taken(schema: Schema, before: Names = ()) -> Iterator[tuple[Names, Kind]]:
    """Every name a schema has, with what it may be."""
    for name, kind in schema.items():
        inner = unwrapped(kind)
        yield (*before, name), inner
        if isinstance(inner, Hash):
            yield from taken(inner.schema, (*before, name))


def known(endpoint: str) -> set[Names]:
    names = dict(taken(SCHEMAS[endpoint]))
    return set(official.names_of(official.PARAMS[endpoint], lambda path: isinstance(names.get(path), Hash)))


def test_every_endpoint_is_held_against_the_library() -> None:
    assert set(SCHEMAS) == set(official.PARAMS)


@pytest.mark.parametrize("endpoint", SCHEMAS)
def test_the_sandbox_knows_the_same_names_as_the_library(endpoint: str) -> None:
    here = {names for names, _ in taken(SCHEMAS[endpoint])}
    assert known(endpoint) - here == set(), "names of the library that nobody decided about"
    assert here - known(endpoint) == set(), "names the library does not have"


def with_value(params: dict[str, Any], kind: type, path: Names) -> dict[str, Any]:
    """Put a sample at a path of names, with what is required around it."""
    name, *rest = path
    hint = official.hints(kind)[name]
    if not rest:
        return {**params, name: official.sample(hint)}
    inner = official.nested(hint)
    assert inner
    within = params.get(name) or official.required(inner)
    if isinstance(within, list):
        return {**params, name: [with_value(within[0], inner, tuple(rest))]}
    changed = with_value(within, inner, tuple(rest))
    return {**params, name: [changed] if isinstance(official.sample(hint), list) else changed}


def ask(sandbox: Sandbox, endpoint: str, params: dict[str, Any]) -> stripe.StripeError | None:
    method, address = endpoint.split()
    try:
        sandbox.api.raw_request(method.lower(), address.replace(":id", "none"), **params)
    except stripe.InvalidRequestError as error:
        return error
    return None


@pytest.mark.parametrize("endpoint", SCHEMAS)
def test_every_name_of_the_library_is_taken_or_refused_by_name(sandbox: Sandbox, endpoint: str) -> None:
    base = BASES.get(endpoint, {})
    kinds = dict(taken(SCHEMAS[endpoint]))
    for path in sorted(known(endpoint)):
        error = ask(sandbox, endpoint, with_value(base, official.PARAMS[endpoint], path))
        assert error is None or error.code != "parameter_unknown", (path, error)
        if isinstance(kinds[path], NotHere):
            assert error, path
            assert str(error.param).replace("[0]", "") == path[0] + "".join(f"[{name}]" for name in path[1:])


@pytest.mark.parametrize("endpoint", SCHEMAS)
def test_a_name_nobody_knows_is_refused(sandbox: Sandbox, endpoint: str) -> None:
    error = ask(sandbox, endpoint, {"colour": "blue"})
    assert error
    assert (error.code, error.param, error.http_status) == ("parameter_unknown", "colour", 400)


def test_a_name_nobody_knows_is_refused_inside_another(sandbox: Sandbox) -> None:
    params = order()
    params["line_items"][0]["price_data"]["colour"] = "blue"
    error = ask(sandbox, "POST /v1/checkout/sessions", params)
    assert error
    assert (error.code, error.param) == ("parameter_unknown", "line_items[0][price_data][colour]")


def test_what_stripe_took_away_is_refused(sandbox: Sandbox) -> None:
    error = ask(sandbox, "POST /v1/checkout/sessions", order(payment_method_types=["card"]))
    assert error
    assert (error.code, error.param) == ("parameter_unknown", "payment_method_types")


WRONG = [
    ({"mode": None}, "mode", "parameter_missing"),
    ({"success_url": None}, "success_url", "parameter_missing"),
    ({"line_items": None}, "line_items", "parameter_missing"),
    ({"line_items": [{"price_data": {"currency": "krw"}}]}, "line_items[0][quantity]", "parameter_missing"),
    ({"line_items": [{"quantity": 1}]}, "line_items[0]", "parameter_missing"),
    ({"success_url": "done"}, "success_url", "url_invalid"),
    ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
    ({"client_reference_id": "x" * 201}, "client_reference_id", "parameter_invalid_string"),
    ({"client_reference_id": ""}, "client_reference_id", "parameter_invalid_empty"),
    ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
    ({"metadata": {"k" * 41: "v"}}, "metadata", None),
    ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
    ({"metadata": {f"k{number}": "v" for number in range(51)}}, "metadata", None),
    ({"locale": "kr"}, "locale", None),
    ({"ui_mode": "hosted"}, "ui_mode", None),
    ({"ui_mode": "embedded_page"}, "ui_mode", None),
    ({"mode": "subscription"}, "mode", None),
    ({"excluded_payment_method_types": ["card"]}, "excluded_payment_method_types", None),
    ({"allowed_payment_method_types": ["kakao_pay"]}, "allowed_payment_method_types", None),
    ({"discounts": [{"coupon": "WELCOME"}]}, "discounts[0][coupon]", "resource_missing"),
    ({"customer": "cus_1"}, "customer", "resource_missing"),
]


@pytest.mark.parametrize(("change", "param", "code"), WRONG)
def test_what_is_missing_or_wrong_is_named(
    sandbox: Sandbox, change: dict[str, Any], param: str, code: str | None
) -> None:
    params = {name: value for name, value in order(**change).items() if value is not None}
    error = ask(sandbox, "POST /v1/checkout/sessions", params)
    assert error
    assert (error.http_status, error.param, error.code) == (400, param, code)


@pytest.mark.parametrize("amount", [-1, 699, 100_000_000])
def test_an_amount_that_cannot_be_charged_is_refused(sandbox: Sandbox, amount: int) -> None:
    error = ask(sandbox, "POST /v1/checkout/sessions", order(amount))
    assert error
    assert error.code in ("parameter_invalid_integer", "amount_too_small", "amount_too_large")


@pytest.mark.parametrize("locale", ["ko", "en", "auto", "en-GB", "zh-TW"])
def test_languages_of_the_list_are_taken(sandbox: Sandbox, locale: str) -> None:
    assert sandbox.session(locale=locale).locale == locale


def test_brackets_may_come_encoded_or_not(sandbox: Sandbox) -> None:
    pairs = list(_api_encode(order()))
    plain = "&".join(f"{name}={value}" for name, value in pairs)
    for body in (urlencode(pairs), plain):
        status, _, answer = sandbox.raw("POST", "/v1/checkout/sessions", body)
        assert status == 200, answer

"""What Stripe's own library says of parameters and answers, read from its types at run time."""

import builtins
import sys
import types
import typing
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin

import stripe
from stripe._list_object import ListObject
from stripe._request_options import RequestOptions
from stripe._stripe_object import StripeObject, UntypedStripeObject
from stripe.params import (
    AccountCreateParams,
    AccountLinkCreateParams,
    AccountListCapabilitiesParams,
    AccountListParams,
    AccountRetrieveParams,
    AccountUpdateParams,
    BalanceRetrieveParams,
    BalanceTransactionListParams,
    BalanceTransactionRetrieveParams,
    ChargeListParams,
    ChargeRetrieveParams,
    DisputeListParams,
    DisputeRetrieveParams,
    EventListParams,
    EventRetrieveParams,
    PaymentIntentListParams,
    PaymentIntentRetrieveParams,
    PayoutListParams,
    PayoutRetrieveParams,
    RefundCreateParams,
    RefundListParams,
    RefundRetrieveParams,
    TransferCreateParams,
    TransferListParams,
    TransferRetrieveParams,
    TransferReversalCreateParams,
    TransferReversalListParams,
)
from stripe.params.checkout import (
    SessionCreateParams,
    SessionExpireParams,
    SessionListLineItemsParams,
    SessionListParams,
    SessionRetrieveParams,
)
from typing_extensions import is_typeddict

PARAMS: dict[str, type] = {
    "POST /v1/checkout/sessions": SessionCreateParams,
    "GET /v1/checkout/sessions": SessionListParams,
    "GET /v1/checkout/sessions/:id": SessionRetrieveParams,
    "POST /v1/checkout/sessions/:id/expire": SessionExpireParams,
    "GET /v1/checkout/sessions/:id/line_items": SessionListLineItemsParams,
    "GET /v1/payment_intents": PaymentIntentListParams,
    "GET /v1/payment_intents/:id": PaymentIntentRetrieveParams,
    "GET /v1/charges": ChargeListParams,
    "GET /v1/charges/:id": ChargeRetrieveParams,
    "GET /v1/balance": BalanceRetrieveParams,
    "GET /v1/balance_transactions": BalanceTransactionListParams,
    "GET /v1/balance_transactions/:id": BalanceTransactionRetrieveParams,
    "POST /v1/refunds": RefundCreateParams,
    "GET /v1/refunds": RefundListParams,
    "GET /v1/refunds/:id": RefundRetrieveParams,
    "GET /v1/disputes": DisputeListParams,
    "GET /v1/disputes/:id": DisputeRetrieveParams,
    "GET /v1/events": EventListParams,
    "GET /v1/events/:id": EventRetrieveParams,
    "POST /v1/accounts": AccountCreateParams,
    "GET /v1/accounts": AccountListParams,
    "GET /v1/accounts/:id": AccountRetrieveParams,
    "POST /v1/accounts/:id": AccountUpdateParams,
    "GET /v1/accounts/:id/capabilities": AccountListCapabilitiesParams,
    "POST /v1/account_links": AccountLinkCreateParams,
    "POST /v1/transfers": TransferCreateParams,
    "GET /v1/transfers": TransferListParams,
    "GET /v1/transfers/:id": TransferRetrieveParams,
    "POST /v1/transfers/:id/reversals": TransferReversalCreateParams,
    "GET /v1/transfers/:id/reversals": TransferReversalListParams,
    "GET /v1/payouts": PayoutListParams,
    "GET /v1/payouts/:id": PayoutRetrieveParams,
}
RESOURCES: dict[str, type] = {
    kind.OBJECT_NAME: kind
    for kind in (
        stripe.checkout.Session, stripe.PaymentIntent, stripe.Charge, stripe.Refund, stripe.BalanceTransaction,
        stripe.Balance, stripe.Event, stripe.LineItem, stripe.Price, stripe.Product, stripe.PaymentMethod,
        stripe.Account, stripe.Capability, stripe.Transfer, stripe.TransferReversal, stripe.Payout,
        stripe.Dispute,
    )
}  # fmt: skip
OPTIONS = set(RequestOptions.__annotations__)  # of a call, not of the request it makes


class Names(dict[str, Any]):
    """Names that the library imports only for type checkers; what the sandbox has nothing of may be anything."""

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        return getattr(stripe, name, getattr(typing, name, Any))


def hints(kind: type) -> dict[str, Any]:
    """The names in a type of the library and what each may be."""
    names = Names(vars(sys.modules[kind.__module__]))
    found = typing.get_type_hints(kind, names, names)
    own = {name for name in kind.__annotations__ if name.islower() and not name.startswith("_")}
    return {name: found[name] for name in own - (OPTIONS if is_typeddict(kind) else set())}


def options(hint: Any) -> list[Any]:
    """What a union is made of, without None."""
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    return [part for part in parts if part is not type(None)]


def nested(hint: Any) -> type | None:
    """The parameters inside a parameter or inside each item of a list."""
    for option in options(hint):
        inner = get_args(option)[0] if get_origin(option) is list else option
        if is_typeddict(inner):
            return inner
    return None


def required(kind: type) -> dict[str, Any]:
    """Parameters that hold only what the library calls required."""
    return {name: sample(hint) for name, hint in hints(kind).items() if name in kind.__required_keys__}


def sample(hint: Any) -> Any:
    """A value of a type, as small as possible and not empty."""
    inner = nested(hint)
    if inner:
        name, first = min(hints(inner).items())
        value = required(inner) or {name: sample(first)}
        return [value] if any(get_origin(option) is list for option in options(hint)) else value
    first = options(hint)[0]
    if get_origin(first) is list:
        return [sample(get_args(first)[0])]
    if get_origin(first) is Literal:
        return next((word for word in get_args(first) if word), "x")
    return {"a": "b"} if get_origin(first) is dict else {int: 1, bool: True, Decimal: "1"}.get(first, "x")


def names_of(params: type, inside: Callable[[tuple[str, ...]], bool]) -> Iterator[tuple[str, ...]]:
    """Every path of names in a type of parameters; goes into those that `inside` says so of."""

    def walk(kind: type, before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, hint in hints(kind).items():
            yield (*before, name)
            inner = nested(hint)
            if inner and inside((*before, name)):
                yield from walk(inner, (*before, name))

    return walk(params, ())


def complaints(value: Any, hint: Any, where: str) -> list[str]:
    """What is wrong with a part of an answer by the type the library gives it."""
    if value is None:
        return [] if hint is Any or type(None) in get_args(hint) else [f"{where} is null"]
    choices = options(hint)
    words = [word for choice in choices if get_origin(choice) is Literal for word in get_args(choice)]
    if words:
        return [] if value in words else [f"{where}: {value!r} is none of {words[:9]}"]
    found = [_complaints(value, choice, where) for choice in choices]
    return min(found, key=len)


def _complaints(value: Any, kind: Any, where: str) -> list[str]:
    origin = get_origin(kind) or kind
    if origin is Any:
        return []
    if origin is list:
        return _each(value, get_args(kind)[0], where)
    if origin is ListObject:
        head = {"object": "list", "has_more": value.get("has_more") is True, "url": value.get("url")}
        wrong = [] if {**value, "data": 0} == {**head, "data": 0} and head["url"] else [f"{where} is no list object"]
        return wrong + _each(value.get("data"), get_args(kind)[0], where)
    if origin in (dict, UntypedStripeObject):
        return [] if isinstance(value, dict) else [f"{where} is no hash"]
    if isinstance(origin, type) and issubclass(origin, StripeObject):
        return _object(value, origin, where)
    sent = {Decimal: str}.get(origin, origin)  # decimals are strings on the wire
    return [] if type(value) is sent else [f"{where}: {value!r} is no {sent}"]


def _each(value: Any, kind: Any, where: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{where} is no list"]
    return [wrong for number, item in enumerate(value) for wrong in complaints(item, kind, f"{where}.{number}")]


def _object(value: Any, kind: type, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    known = hints(kind)
    wrong = [f"{where}.{name} is not of the official API" for name in value if name not in known]
    absent = [name for name, hint in known.items() if name not in value and type(None) not in get_args(hint)]
    wrong += [f"{where}.{name} is missing" for name in absent if name != "deleted"]
    for name in value.keys() & known.keys():
        wrong += complaints(value[name], known[name], f"{where}.{name}")
    return wrong

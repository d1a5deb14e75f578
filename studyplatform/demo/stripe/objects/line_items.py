"""What a Checkout Session sells: lines with a price and a product made on the spot."""

from decimal import Decimal
from typing import Any

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.currencies import KNOWN
from studyplatform.demo.stripe.errors import invalid, missing, no_such
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import World


def make(world: World, given: list[dict[str, Any]]) -> list[Json]:
    """Keep products and prices and return the lines. Raises ApiError on a line that cannot be sold."""
    for number, line in enumerate(given):
        _check(line, f"line_items[{number}]")
    currencies = {line["price_data"]["currency"].lower() for line in given}
    if len(currencies) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
    return [_line(world, line) for line in given]


def _check(line: dict[str, Any], name: str) -> None:
    if "price" in line:
        raise no_such("price", line["price"], f"{name}[price]", status=400)
    if "price_data" not in line:
        raise invalid(f"You must specify either `price` or `price_data` for {name}.", name, "parameter_missing")
    if not line.get("quantity"):
        raise missing(f"{name}[quantity]")
    _check_price(line["price_data"], f"{name}[price_data]")


def _check_price(price: dict[str, Any], name: str) -> None:
    if "product" in price:
        raise no_such("product", price["product"], f"{name}[product]", status=400)
    if "product_data" not in price:
        raise missing(f"{name}[product_data]")
    if ("unit_amount" in price) == ("unit_amount_decimal" in price):
        raise invalid(
            f"You must specify either `unit_amount` or `unit_amount_decimal` in {name}.", f"{name}[unit_amount]"
        )
    if price["currency"].lower() not in KNOWN:
        listed = ", ".join(sorted(KNOWN))
        message = f"Invalid currency: {price['currency']}. Stripe currently supports these currencies: {listed}"
        raise invalid(message, f"{name}[currency]")
    if unit(price) != int(unit(price)):
        message = "The local Stripe does not round: unit_amount_decimal has to be whole."
        raise invalid(message, f"{name}[unit_amount_decimal]")


def unit(price: dict[str, Any]) -> Decimal:
    """Return the price of one piece in smallest units."""
    return Decimal(str(price.get("unit_amount", price.get("unit_amount_decimal"))))


def _line(world: World, line: dict[str, Any]) -> Json:
    price = _price(world, line["price_data"])
    total = price["unit_amount"] * line["quantity"]
    return {
        "id": ids.new("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": line["price_data"]["product_data"]["name"],
        "metadata": line.get("metadata", {}),
        "price": price,
        "quantity": line["quantity"],
    }


def _price(world: World, given: dict[str, Any]) -> Json:
    amount = int(unit(given))
    return world.store.add(
        {
            "id": ids.new("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": world.clock.now(),
            "currency": given["currency"].lower(),
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": _product(world, given["product_data"])["id"],
            "recurring": None,
            "tax_behavior": given.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
        }
    )


def _product(world: World, given: dict[str, Any]) -> Json:
    return world.store.add(
        {
            "id": ids.new("prod", 14),
            "object": "product",
            "active": False,
            "created": world.clock.now(),
            "default_price": None,
            "description": given.get("description"),
            "images": given.get("images", []),
            "livemode": False,
            "marketing_features": [],
            "metadata": given.get("metadata", {}),
            "name": given["name"],
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": None,
            "tax_code": given.get("tax_code"),
            "tax_details": None,
            "type": "service",
            "unit_label": given.get("unit_label"),
            "updated": world.clock.now(),
            "url": None,
        }
    )

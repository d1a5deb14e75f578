"""Checkout Sessions: what is asked for, what is told back, when one can be ended."""

from typing import Any

from studyplatform.demo.stripe import checkout, currencies, ids
from studyplatform.demo.stripe.errors import ApiError, invalid, no_such
from studyplatform.demo.stripe.lists import cut, equals, page
from studyplatform.demo.stripe.objects import line_items, shapes
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, World

SHORTEST, LONGEST = 30 * 60, 24 * 3600
SLACK = 60  # seconds a request may have been on its way


def create(call: Call) -> Json:
    """POST /v1/checkout/sessions."""
    _refuse_what_is_not_here(call.params)
    expires_at = _expiry(call.world, call.params)
    lines = line_items.make(call.world, call.params["line_items"])
    total = sum(line["amount_total"] for line in lines)
    _check_total(total, lines[0]["currency"])
    session = _build(call.world, call.params, lines, expires_at)
    return shapes.public(call.world.store.add(session))


def _refuse_what_is_not_here(params: dict[str, Any]) -> None:
    if params["mode"] != "payment":
        raise invalid(f"The local Stripe has no {params['mode']} mode; use payment.", "mode")
    if params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid(f"The local Stripe has no {params['ui_mode']}; use hosted_page.", "ui_mode")
    if params.get("automatic_tax", {}).get("enabled"):
        raise invalid("The local Stripe does not work out tax.", "automatic_tax[enabled]")
    excluded = params.get("excluded_payment_method_types", [])
    if "card" in excluded or "card" not in params.get("allowed_payment_method_types", ["card"]):
        name = "excluded" if "card" in excluded else "allowed"
        raise invalid("The local Stripe has only cards.", f"{name}_payment_method_types")
    if "customer" in params:
        raise no_such("customer", params["customer"], "customer", status=400)
    if not params["line_items"]:
        raise invalid("You must provide at least one line item in payment mode.", "line_items", "parameter_missing")
    for discount in params.get("discounts", []):
        for name, value in discount.items():
            raise no_such(name.replace("_", " "), value, f"discounts[0][{name}]", status=400)


def _expiry(world: World, params: dict[str, Any]) -> int:
    now = world.clock.now()
    expires_at: int = params.get("expires_at", now + LONGEST)
    if expires_at < now + SHORTEST - SLACK:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", "expires_at"
        )
    if expires_at > now + LONGEST + SLACK:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", "expires_at"
        )
    return expires_at


def _check_total(total: int, currency: str) -> None:
    least = currencies.least(currency)
    if 0 < total < least:
        shown = f"{currencies.shown(least, currency)} {currency}"
        message = f"The Checkout Session's total amount due must add up to at least {shown}"
        raise invalid(message, "", "amount_too_small")
    if total > currencies.MOST:
        shown = f"{currencies.shown(currencies.MOST, currency)} {currency}"
        message = f"The Checkout Session's total amount due must be no more than {shown}"
        raise invalid(message, "", "amount_too_large")
    if currencies.decimals(currency) == 3 and total % 10:
        raise invalid(f"Invalid amount: the last digit of an amount in {currency} must be 0.", "line_items")


def _build(world: World, params: dict[str, Any], lines: list[Json], expires_at: int) -> Json:
    identity = "cs_test_" + ids.letters(58)
    total = sum(line["amount_total"] for line in lines)
    return {
        "id": identity,
        "object": "checkout.session",
        **EMPTY,
        **{name: params.get(name) for name in ECHOED},
        "adaptive_pricing": {"enabled": params.get("adaptive_pricing", {}).get("enabled", False)},
        "amount_subtotal": total,
        "amount_total": total,
        "created": world.clock.now(),
        "currency": lines[0]["currency"],
        "custom_text": {**dict.fromkeys(TEXTS), **params.get("custom_text", {})},
        "customer_details": _details(params.get("customer_email")),
        "expires_at": expires_at,
        "metadata": params.get("metadata", {}),
        "mode": params["mode"],
        "payment_status": "unpaid" if total else "no_payment_required",
        "status": "open",
        "ui_mode": "hosted_page",
        "url": f"{world.config.public_url}/c/pay/{identity}",
        "_line_items": lines,
        "_payment_intent_data": params.get("payment_intent_data", {}),
    }


ECHOED = (
    "allowed_payment_method_types", "cancel_url", "client_reference_id", "customer_email",
    "excluded_payment_method_types", "integration_identifier", "locale", "origin_context", "submit_type",
    "success_url",
)  # fmt: skip
TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
EMPTY: Json = {
    "after_expiration": None,
    "allow_promotion_codes": None,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "billing_address_collection": None,
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency_conversion": None,
    "custom_fields": [],
    "customer": None,
    "customer_account": None,
    "customer_creation": "if_required",
    "discounts": [],
    "invoice": None,
    "invoice_creation": {
        "enabled": False,
        "invoice_data": {
            "account_tax_ids": None, "custom_fields": None, "description": None, "footer": None, "issuer": None,
            "metadata": {}, "rendering_options": None,
        },
    },
    "livemode": False,
    "managed_payments": {"enabled": False},
    "optional_items": [],
    "payment_intent": None,
    "payment_link": None,
    "payment_method_collection": "if_required",
    "payment_method_configuration_details": None,
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "payment_method_types": ["card"],
    "permissions": None,
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "saved_payment_method_options": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "subscription": None,
    "tax_id_collection": {"enabled": False, "required": "never"},
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "wallet_options": None,
}  # fmt: skip


def _details(email: str | None) -> Json | None:
    return checkout.customer_details(email, None) if email else None


def find(world: World, identity: str) -> Json:
    """Return a stored session. Raises ApiError 404."""
    found = world.store.get("checkout.session", identity)
    if not found:
        raise no_such("checkout.session", identity, "session")
    return found


def retrieve(call: Call) -> Json:
    """GET /v1/checkout/sessions/:id."""
    return shapes.public(find(call.world, call.identity))


def listed(call: Call) -> Json:
    """GET /v1/checkout/sessions."""
    conditions = equals(
        call.params, "customer", "customer_account", "payment_intent", "payment_link", "status", "subscription"
    )
    if "customer_details" in call.params:
        conditions += equals(
            {"customer_details.email": call.params["customer_details"]["email"]}, "customer_details.email"
        )
    answer = page(call.world.store, "checkout.session", call.path, call.params, *conditions)
    answer["data"] = [shapes.public(body) for body in answer["data"]]
    return answer


def expire(call: Call) -> Json:
    """POST /v1/checkout/sessions/:id/expire."""
    session = find(call.world, call.identity)
    if session["status"] != "open":
        raise ApiError(
            400,
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`.",
        )
    return shapes.public(checkout.expire(call.world, session, call.cause))


def lines(call: Call) -> Json:
    """GET /v1/checkout/sessions/:id/line_items."""
    return cut(call.path, find(call.world, call.identity)["_line_items"], call.params)

"""Parts several objects have in common."""

from studyplatform.demo.stripe.storage import Json

CARD = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")


# Properties that are left out, never null, while there is nothing to say.
LEFT_OUT = {
    "checkout.session": {"excluded_payment_method_types"},
    "refund": {
        "description", "failure_balance_transaction", "failure_reason", "instructions_email", "next_action",
        "pending_reason",
    },
}  # fmt: skip


def public(body: Json) -> Json:
    """Return an object as the API shows it: without what only the sandbox may know (names that begin with _)."""
    left_out = LEFT_OUT.get(body["object"], set())
    return {name: value for name, value in body.items() if name[0] != "_" and not (value is None and name in left_out)}


def address() -> Json:
    """Return an address nobody gave."""
    return {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}


def billing(email: str, name: str) -> Json:
    """Return who pays."""
    return {"address": address(), "email": email or None, "name": name or None, "phone": None, "tax_id": None}


def card(brand: str, last4: str, month: int, year: int) -> Json:
    """Return what a charge and a payment method both say of a card."""
    return {
        "brand": brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "exp_month": month,
        "exp_year": year,
        "fingerprint": f"sandbox{last4}",
        "funding": "credit",
        "last4": last4,
        "wallet": None,
    }

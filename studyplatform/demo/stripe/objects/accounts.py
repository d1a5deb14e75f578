"""Connected accounts: people the platform sends money to. What they still owe Stripe decides what they can do."""

from typing import Any

from studyplatform.demo.stripe import countries, ids
from studyplatform.demo.stripe.errors import invalid, no_access, no_such
from studyplatform.demo.stripe.lists import CREATED, PAGE, page, wrap
from studyplatform.demo.stripe.objects import events, shapes
from studyplatform.demo.stripe.params import Schema
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, Cause, World

LIST: Schema = {**PAGE, **CREATED}
DOCUMENT, BANK = "individual.verification.document", "external_account"
WANTED = (
    BANK, "individual.dob.day", "individual.dob.month", "individual.dob.year", "individual.first_name",
    "individual.last_name", "tos_acceptance.date", "tos_acceptance.ip",
)  # fmt: skip
WATCHED = ("capabilities", "details_submitted", "external_accounts", "payouts_enabled", "requirements")


def create(call: Call) -> Json:
    """POST /v1/accounts."""
    params = call.params
    country = params.get("country", countries.HOME).upper()
    agreement = params.get("tos_acceptance", {}).get("service_agreement", "full")
    _check(country, agreement, params)
    account = call.world.store.add(_build(call.world, params, country, agreement))
    return shapes.public(account)


def _check(country: str, agreement: str, params: dict[str, Any]) -> None:
    if country not in countries.CURRENCIES:
        raise invalid(f"Country '{country}' is unknown. Try using a 2-character alphanumeric country code.", "country")
    if agreement == "recipient" and country == countries.HOME:
        message = f"The recipient ToS agreement is not supported for platforms in {country} creating accounts in it."
        raise invalid(message, "tos_acceptance[service_agreement]")
    if not params.get("capabilities", {}).get("transfers", {}).get("requested"):
        raise invalid("You must request the transfers capability for this account.", "capabilities")
    named = params.get("controller", {})
    for part in ("fees", "losses", "stripe_dashboard"):
        if not named.get(part):
            raise invalid(f"The local Stripe makes only accounts whose controller[{part}] is named.", "controller")


def _build(world: World, params: dict[str, Any], country: str, agreement: str) -> Json:
    account: Json = {
        "id": ids.new("acct", 16),
        "object": "account",
        "business_type": "individual",
        "capabilities": {"transfers": "inactive"},
        "charges_enabled": False,
        "controller": {
            "fees": {"payer": "application"},
            "is_controller": True,
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
            "type": "application",
        },
        "country": country,
        "created": world.clock.now(),
        "default_currency": countries.CURRENCIES[country],
        "details_submitted": False,
        "email": params.get("email"),
        "metadata": params.get("metadata", {}),
        "payouts_enabled": False,
        "tos_acceptance": {"date": None, "ip": None, "service_agreement": agreement, "user_agent": None},
        "type": "none",
        "_given": {},
        "_owes": list(WANTED),
        "_asked_at": world.clock.now(),
    }
    return derive(account)


def derive(account: Json) -> Json:
    """Work out what an account can do from what it still owes."""
    owes, rejected = account["_owes"], account.get("_rejected", False)
    open_to_transfers = not rejected and owes in ([], [BANK])
    account |= {
        "capabilities": {"transfers": "active" if open_to_transfers else "inactive"},
        "external_accounts": wrap(f"/v1/accounts/{account['id']}/external_accounts", _banks(account)),
        "future_requirements": _requirements([]),
        "payouts_enabled": not owes and not rejected,
        "requirements": _requirements(owes, account.get("_soon"), rejected=rejected),
    }
    return account


def _requirements(owes: list[str], soon: Json | None = None, *, rejected: bool = False) -> Json:
    """Return what is wanted: `owes` now, `soon` until a moment that is still to come."""
    reason = "rejected.other" if rejected else "requirements.past_due" if owes else None
    due = [*owes, *(soon["owes"] if soon else ())]
    return {
        "alternatives": [],
        "current_deadline": soon["until"] if soon else None,
        "currently_due": due,
        "disabled_reason": reason,
        "errors": [],
        "eventually_due": due,
        "past_due": owes,
        "pending_verification": [],
    }


def _banks(account: Json) -> list[Json]:
    number = account["_given"].get("bank", "")
    if not number or BANK in account["_owes"]:
        return []
    bank = {
        "id": f"ba_{account['id'].removeprefix('acct_')}",
        "object": "bank_account",
        "account": account["id"],
        "account_holder_name": account["_given"].get("name"),
        "account_holder_type": "individual",
        "bank_name": "STRIPE TEST BANK",
        "country": account["country"],
        "currency": account["default_currency"],
        "default_for_currency": True,
        "last4": number[-4:],
        "metadata": {},
        "status": "new",
    }
    return [bank]


def change(world: World, account: Json, cause: Cause | None = None) -> Json:
    """Keep an account whose private facts have changed, and tell what follows from them."""
    before = {name: account[name] for name in WATCHED}
    derive(account)
    world.store.save(account)
    previous = {name: old for name, old in before.items() if old != account[name]}
    if before["capabilities"] != account["capabilities"]:
        was = {"status": before["capabilities"]["transfers"]}
        events.emit(world, "capability.updated", capability(account), cause or Cause(), was, account=account["id"])
    told = shapes.public(account)
    events.emit(world, "account.updated", told, cause or Cause(), previous, account=account["id"])
    return account


def capability(account: Json) -> Json:
    """Return the one capability an account has here."""
    owes = account["_owes"]
    needs = _requirements(owes if owes != [BANK] else [])
    return {
        "id": "transfers",
        "object": "capability",
        "account": account["id"],
        "future_requirements": _capability_needs(_requirements([])),
        "requested": True,
        "requested_at": account["_asked_at"],
        "requirements": _capability_needs(needs),
        "status": account["capabilities"]["transfers"],
    }


def _capability_needs(needs: Json) -> Json:
    return {**needs, "disabled_reason": "requirements.fields_needed" if needs["currently_due"] else None}


def find(world: World, identity: str, param: str = "account", status: int = 404) -> Json:
    """Return a stored account. Raises ApiError."""
    found = world.store.get("account", identity)
    if not found:
        raise no_such("account", identity, param, status=status)
    if found.get("_left"):
        raise no_access(identity)
    return found


def retrieve(call: Call) -> Json:
    """GET /v1/accounts/:id."""
    return shapes.public(find(call.world, call.identity))


def update(call: Call) -> Json:
    """POST /v1/accounts/:id."""
    account, params = find(call.world, call.identity), call.params
    agreement = params.get("tos_acceptance", {}).get("service_agreement")
    if agreement and agreement != account["tos_acceptance"]["service_agreement"]:
        raise invalid("You cannot change `service_agreement` once it was set.", "tos_acceptance[service_agreement]")
    account |= {name: params[name] for name in ("email",) if name in params}
    account["metadata"] = {**account["metadata"], **params.get("metadata", {})}
    return shapes.public(change(call.world, account, call.cause))


def listed(call: Call) -> Json:
    """GET /v1/accounts."""
    answer = page(call.world.store, "account", call.path, call.params)
    answer["data"] = [shapes.public(body) for body in answer["data"]]
    return answer


def capabilities(call: Call) -> Json:
    """GET /v1/accounts/:id/capabilities."""
    return wrap(call.path, [capability(find(call.world, call.identity))])

"""What somebody tells about the account they are to be paid on, and what Stripe then still wants.

Called inside a transaction with an account read inside it.
"""

import datetime
import re

from studyplatform.demo.stripe.objects import accounts, events, payouts
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Cause, World

PARTS = {
    "name": ("individual.first_name", "individual.last_name"),
    "born": ("individual.dob.day", "individual.dob.month", "individual.dob.year"),
    "bank": (accounts.BANK,),
    "terms": ("tos_acceptance.date", "tos_acceptance.ip"),
    "document": (accounts.DOCUMENT,),
}
GOOD_BANK = "000123456789"
PEOPLE = {  # what each sample person fills in
    "fine": {"born": "1984-05-02", "bank": GOOD_BANK},
    "document": {"born": "1900-01-01", "bank": GOOD_BANK},  # whoever was born on this day is asked for a document
    "back": {"born": "1984-05-02", "bank": payouts.SENDS_BACK},
}


def wanted(account: Json) -> list[str]:
    """Return the parts of the form an account still needs."""
    soon = (account.get("_soon") or {}).get("owes", [])
    return [part for part, names in PARTS.items() if set(names) & {*account["_owes"], *soon}]


def check(account: Json, given: dict[str, str]) -> dict[str, str]:
    """Return the key of a sentence for each wanted part that is missing or not right."""
    return {part: f"bad_{part}" for part in wanted(account) if not _right(part, given.get(part, ""))}


def _right(part: str, value: str) -> bool:
    if part == "born":
        return _is_day(value)
    return bool(re.fullmatch(r"\d{6,17}", value) if part == "bank" else value.strip())


def _is_day(value: str) -> bool:
    try:
        return (
            datetime.date(1900, 1, 1)
            <= datetime.date.fromisoformat(value)
            <= datetime.datetime.now(datetime.UTC).date()
        )
    except ValueError:
        return False


def leave(world: World, account: Json, given: dict[str, str]) -> Json:
    """Keep what is right so far; the terms are not accepted, so it is unfinished."""
    wrong = check(account, given)
    return _keep(world, account, given, [part for part in wanted(account) if part not in (*wrong, "terms")])


def finish(world: World, account: Json, given: dict[str, str]) -> Json:
    """Hand everything in; call only when `check` finds nothing."""
    account["details_submitted"] = True
    asked_before = account["_given"].get("document")
    parts = wanted(account)
    account["_given"] |= {part: given[part] for part in parts}
    if account["_given"]["born"] == "1900-01-01" and not (asked_before or "document" in parts):
        account["_owes"] = [*account["_owes"], accounts.DOCUMENT]
    if "terms" in parts:
        account["tos_acceptance"] |= {"date": world.clock.now()}
    changed = _keep(world, account, given, parts)
    payouts.plan(world, account["id"])
    return changed


def _keep(world: World, account: Json, given: dict[str, str], parts: list[str]) -> Json:
    account["_given"] |= {part: given[part] for part in parts}
    told = {name for part in parts for name in PARTS[part]}
    account["_owes"] = [name for name in account["_owes"] if name not in told]
    if told & set((account.get("_soon") or {}).get("owes", [])):
        account["_soon"] = None
    return accounts.change(world, account)


def ask_for_document(world: World, account: Json) -> Json:
    """Stripe looks again at somebody who was fine, and wants a document."""
    account["_given"].pop("document", None)
    account["_owes"] = sorted({*account["_owes"], accounts.DOCUMENT})
    return accounts.change(world, account)


def ask_soon(world: World, account: Json) -> Json:
    """Stripe wants a document from somebody who is fine, and goes on paying them for two weeks."""
    account["_given"].pop("document", None)
    account["_soon"] = {"owes": [accounts.DOCUMENT], "until": world.clock.now() + 14 * 24 * 3600}
    return accounts.change(world, account)


def reject(world: World, account: Json) -> Json:
    """Stripe will not have this person as a customer."""
    account["_rejected"] = True
    return accounts.change(world, account)


def disconnect(world: World, account: Json) -> Json:
    """The account leaves the platform, which may not look at it any more."""
    account["_left"] = True
    world.store.save(account)
    left = {"id": "ca_local", "object": "application", "name": "Local Stripe"}
    events.emit(world, "account.application.deauthorized", left, Cause(), account=account["id"])
    return account


STRIPE_DOES = {"look_again": ask_for_document, "ask_soon": ask_soon, "reject": reject, "disconnect": disconnect}

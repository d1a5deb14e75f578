"""Account links: the address of the page where somebody tells what their account still owes. Opened once, soon."""

from typing import Any

from studyplatform.demo.stripe import ids
from studyplatform.demo.stripe.errors import invalid, missing
from studyplatform.demo.stripe.lists import EXPAND
from studyplatform.demo.stripe.objects import accounts
from studyplatform.demo.stripe.params import Choice, Hash, Required, Schema, Text, Url, absent
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.world import Call, World

COLLECT = ("currently_due", "eventually_due")
CREATE: Schema = {
    **EXPAND,
    "account": Required(Text()),
    "type": Required(Choice(("account_onboarding", "account_update"))),
    "collection_options": Hash({"fields": Choice(COLLECT), "future_requirements": Choice(("include", "omit"))}),
    "refresh_url": Url(),
    "return_url": Url(),
    **absent("collect"),
}
LIFE = 300  # seconds until somebody has to have opened it
VISIT = 3600  # seconds somebody who opened it may take


def create(call: Call) -> Json:
    """POST /v1/account_links."""
    params = call.params
    account = accounts.find(call.world, params["account"], status=400)
    _check(params)
    now, token = call.world.clock.now(), ids.letters(32)
    link = {
        "object": "account_link",
        "created": now,
        "expires_at": now + LIFE,
        "url": f"{call.world.config.public_url}/setup/e/{account['id']}/{token}",
    }
    hidden = {"_account": account["id"], "_refresh": params["refresh_url"], "_return": params["return_url"]}
    call.world.store.add({**link, "id": token, **hidden, "_opened": None})
    return link


def _check(params: dict[str, Any]) -> None:
    for name in ("refresh_url", "return_url"):
        if name not in params:
            raise missing(name)
    if params["type"] == "account_update":
        message = "You cannot create `account_update` type Account Links for this account: Stripe collects for it."
        raise invalid(message, "type")


def open_once(world: World, link: Json) -> bool:
    """Open a link for somebody; False when it was opened before or is too old."""
    if link["_opened"] or link["expires_at"] <= world.clock.now():
        return False
    link["_opened"] = world.clock.now()
    world.store.save(link)
    return True


def at_hand(world: World, link: Json) -> bool:
    """Tell whether somebody who opened a link may still use what it showed."""
    return bool(link["_opened"]) and world.clock.now() < link["_opened"] + VISIT

"""The pages Stripe shows to who is paid, of one payment under /payments/ and of one dispute under /disputes/.

They have the addresses of the real ones. Beside what stands there, one can be the buyer or their bank.
"""

import datetime
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import parse_qsl

from studyplatform.demo.stripe import markup
from studyplatform.demo.stripe.currencies import shown
from studyplatform.demo.stripe.objects import disputes
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.wire import Answer, Request
from studyplatform.demo.stripe.words import Words, words
from studyplatform.demo.stripe.world import World

KINDS = {"payments": "payment_intent", "disputes": "dispute"}


def respond(world: World, request: Request) -> Answer | None:
    """Answer a look at, or a press on, the page of a payment or a dispute; None when there is none such."""
    kind, _, identity = request.path.strip("/").partition("/")
    with world.store.transaction():
        found = world.store.get(KINDS[kind], identity) if kind in KINDS else None
        if not found:
            return None
        if request.method == "POST":
            return _press(world, request, found, dict(parse_qsl(request.body)))
        say = words(None, request.headers.get("accept-language", ""))
        return _page(say, *(_payment(world, found, say) if kind == "payments" else _dispute(world, found, say)))


def _press(world: World, request: Request, found: Json, form: dict[str, str]) -> Answer:
    """Do what the button says; one that does not fit any more does nothing."""
    what = form.get("what", "")
    if found["object"] == "dispute" and what in disputes.OPEN_TO.get(found["status"], ()):
        disputes.decide(world, found, what)
    charge = world.store.get("charge", found.get("latest_charge") or "")
    if charge and what in (*disputes.REASONS, "inquiry"):
        disputes.start(world, charge, "general" if what == "inquiry" else what, inquiry=what == "inquiry")
    world.bell.set()
    return Answer(303, "", {"Location": request.path, "Cache-Control": "no-store"})


def _payment(world: World, intent: Json, say: Words) -> tuple[str, str, str]:
    """Return heading, facts and buttons of a payment."""
    charge = world.store.get("charge", intent["latest_charge"] or "")
    facts = [(say["status"], intent["status"]), (say["total"], _amount(intent, say))]
    open_now = disputes.of_charge(world, charge["id"]) if charge else []
    links = "".join(_link(one) for one in open_now)
    buttons = [*disputes.REASONS, "inquiry"] if charge and charge["paid"] and not open_now else []
    return intent["id"], _facts(facts) + links, _buttons("dispute", buttons, say)


def _link(dispute: Json) -> str:
    return f'<p><a href="/disputes/{dispute["id"]}">{dispute["id"]}</a> {escape(dispute["status"])}</p>'


def _dispute(world: World, dispute: Json, say: Words) -> tuple[str, str, str]:
    """Return heading, facts and buttons of a dispute."""
    due = datetime.datetime.fromtimestamp(dispute["evidence_details"]["due_by"], datetime.UTC)
    facts = [
        (say["status"], dispute["status"]),
        (say["total"], _amount(dispute, say)),
        (say["reason"], dispute["reason"]),
        (say["answer_by"], f"{due:%Y-%m-%d %H:%M} UTC"),
    ]
    payment = f'<p><a href="/payments/{dispute["payment_intent"]}">{dispute["payment_intent"]}</a></p>'
    return dispute["id"], _facts(facts) + payment, _buttons("decide", disputes.OPEN_TO.get(dispute["status"], ()), say)


def _amount(what: Json, say: Words) -> str:
    return shown(what["amount"], what["currency"], say["language"])


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<li><span>{escape(name)}</span> <span>{escape(value)}</span></li>" for name, value in facts)
    return f'<ul class="lines">{rows}</ul>'


def _buttons(group: str, choices: Iterable[str], say: Words) -> str:
    rows = list(_rows(group, choices, say))
    hint = f"<p>{escape(say[f'{group}_hint'])}</p>" if rows else ""
    return hint + "".join(rows)


def _rows(group: str, choices: Iterable[str], say: Words) -> Iterator[str]:
    for choice in choices:
        yield f'<p><button class="quiet" name="what" value="{choice}">{escape(say[f"{group}_{choice}"])}</button></p>'


def _page(say: Words, heading: str, facts: str, buttons: str) -> Answer:
    parts = {"heading": escape(heading), "facts": facts, "buttons": buttons}
    return markup.render("dashboard", {**say, "title": heading}, {}, parts)

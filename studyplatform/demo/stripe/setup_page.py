"""The hosted page behind an account link under /setup/e/: who is paid, on which account, and the terms."""

from html import escape
from urllib.parse import parse_qsl

from studyplatform.demo.stripe import markup, onboarding
from studyplatform.demo.stripe.objects import account_links
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.wire import Answer, Request
from studyplatform.demo.stripe.words import Words, words
from studyplatform.demo.stripe.world import World

START = "/setup/e/"
KINDS = {"name": "text", "born": "date", "bank": "text"}


def respond(world: World, request: Request) -> Answer | None:
    """Answer a look at, or a press on, the page of an account link; None when there is no such link."""
    account_id, _, token = request.path.removeprefix(START).partition("/")
    with world.store.transaction():
        link = world.store.get("account_link", token)
        account = world.store.get("account", account_id)
        if not link or not account or link["_account"] != account_id:
            return None
        return _answer(world, request, link, account)


def _answer(world: World, request: Request, link: Json, account: Json) -> Answer:
    say = words(None, request.headers.get("accept-language", ""))
    if request.method != "POST":
        opened = account_links.open_once(world, link)
        return _page(link, account, _known(account, say), {}, say) if opened else _see(link["_refresh"])
    if not account_links.at_hand(world, link):
        return _see(link["_refresh"])
    return _pressed(world, link, account, dict(parse_qsl(request.body, keep_blank_values=True)), say)


def _known(account: Json, say: Words) -> dict[str, str]:
    return {part: str(account["_given"].get(part, "")) for part in KINDS}


def _pressed(world: World, link: Json, account: Json, form: dict[str, str], say: Words) -> Answer:
    person = onboarding.PEOPLE.get(form.get("fill", ""))
    if person:
        filled = {**form, **person, "name": form.get("name") or say["somebody"]}
        return _page(link, account, filled, {}, say)
    if form.get("go") == "leave":
        onboarding.leave(world, account, form)
        return _see(link["_return"])
    wrong = onboarding.check(account, form)
    if wrong:
        return _page(link, account, form, wrong, say, status=422)
    onboarding.finish(world, account, form)
    return _see(link["_return"])


def _page(
    link: Json, account: Json, given: dict[str, str], wrong: dict[str, str], say: Words, status: int = 200
) -> Answer:
    parts = onboarding.wanted(account)
    fields = "".join(_field(part, given, wrong, say) for part in parts)
    nothing = "" if parts else f"<p>{escape(say['setup_done'])}</p>"
    people = markup.people(say) if {"born", "bank"} & set(parts) else ""
    named = {**say, "title": say["setup_title"]}
    return markup.render(
        "setup", named, {"success_url": link["_return"]}, {"fields": fields + nothing, "people": people}, status
    )


def _field(part: str, given: dict[str, str], wrong: dict[str, str], say: Words) -> str:
    first = next(iter(wrong), "") == part
    if part in KINDS:
        return markup.field(part, say[f"setup_{part}"], given.get(part, ""), wrong, say, KINDS[part], first=first)
    return markup.tick(part, say[f"setup_{part}"], wrong, say, ticked=bool(given.get(part)), first=first)


def _see(address: str) -> Answer:
    return Answer(303, "", {"Location": address, "Cache-Control": "no-store"})

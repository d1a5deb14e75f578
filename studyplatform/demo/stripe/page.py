"""The hosted page of a session under /c/pay/: what is bought, the card, the bank's question, the end."""

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlsplit

from studyplatform.demo.stripe import cards, checkout, typed
from studyplatform.demo.stripe.currencies import shown
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.typed import Typed
from studyplatform.demo.stripe.words import Words, language, words
from studyplatform.demo.stripe.wire import Answer, Request
from studyplatform.demo.stripe.world import World

FOLDER = Path(__file__).parent / "templates"
START = "/c/pay/"


def respond(world: World, request: Request) -> Answer:
    """Answer a request for the page, its style or anything else outside the API."""
    if request.path == "/page.css":
        return Answer(200, (FOLDER / "page.css").read_text(), {"Content-Type": "text/css; charset=utf-8"})
    if not request.path.startswith(START):
        return _notice({}, "missing", words(language(None, request.headers.get("accept-language", ""))), status=404)
    identity, _, step = request.path.removeprefix(START).partition("/")
    with world.store.transaction():
        checkout.expire_due(world)
        session = world.store.get("checkout.session", identity)
        answer = Visit(world, request, session, step).answer() if session else None
    world.bell.set()
    return answer or _notice(
        {}, "missing", words(language(None, request.headers.get("accept-language", ""))), status=404
    )


class Visit:
    """One look at, or one press on, the page of a session."""

    def __init__(self, world: World, request: Request, session: Json, step: str) -> None:
        self.world, self.session, self.step = world, session, step
        self.language = language(session["locale"], request.headers.get("accept-language", ""))
        self.words = words(self.language)
        self.posted = request.method == "POST"
        self.form = dict(parse_qsl(request.body, keep_blank_values=True)) if self.posted else {}

    def answer(self) -> Answer:
        """Return the page, or the way onward."""
        if self.session["status"] == "expired":
            return _notice(self.session, "expired", self.words)
        if self.session["status"] == "complete":
            return self._onward() if self.posted else _notice(self.session, "complete", self.words)
        if self.step == "challenge":
            return self._challenge()
        return self._pay() if self.posted and not self.form.get("fill") else self._look()

    def _look(self) -> Answer:
        values = typed.read(self.form)
        values.values["email"] = values.values["email"] or self.session["customer_email"] or ""
        if self.form.get("fill"):
            values.values |= {"number": cards.spaced(self.form["fill"]), "expiry": "12/34", "cvc": "123"}
        return self._page(values)

    def _pay(self) -> Answer:
        session = self.session
        costs = session["amount_total"] > 0
        given = typed.check(typed.read(self.form), card=costs)
        if session["customer_email"]:
            given.values["email"] = session["customer_email"]
            given.errors.pop("email", None)
        if given.errors:
            return self._page(given, status=422)
        payer = given.payer() if costs else None
        done = checkout.pay(self.world, session, payer) if payer else self._free(given)
        if done["status"] == "complete":
            return self._onward()
        if checkout.asked(self.world, done):
            return _see(f"{START}{session['id']}/challenge")
        return self._refused(given)

    def _free(self, given: Typed) -> Json:
        return checkout.finish_free(self.world, self.session, given.values["email"], given.values["name"])

    def _refused(self, given: Typed) -> Answer:
        error = checkout.last_refusal(self.world, self.session) or {}
        reason = error.get("decline_code", "challenge_failed")
        number = cards.digits(given.values["number"])
        given.errors[cards.find(number).field] = reason
        return self._page(given, status=402)

    def _challenge(self) -> Answer:
        if not checkout.asked(self.world, self.session):
            return _see(f"{START}{self.session['id']}")
        if not self.posted:
            return _render(
                "challenge",
                self.words,
                self.session,
                **_sum(self.session, self.language),
                action=START + self.session["id"],
            )
        session = checkout.answer_bank(self.world, self.session, approve=self.form.get("answer") == "approve")
        if session["status"] == "complete":
            return self._onward()
        empty = typed.read({"email": self.session["customer_email"] or ""})
        empty.errors["number"] = "challenge_failed"
        return self._page(empty, status=402)

    def _onward(self) -> Answer:
        return _see(return_address(self.session))

    def _page(self, given: Typed, status: int = 200) -> Answer:
        session, say = self.session, self.words
        sums = _sum(session, self.language)
        costs = session["amount_total"] > 0
        return _render(
            "pay", say, session, status=status, **sums,
            lines=_lines(session, self.language),
            email_field=_input("email", given, say, "email", "email", locked=bool(session["customer_email"])),
            card_fields=_card_fields(given, say) if costs else f'<p class="free">{escape(say["free"])}</p>',
            cards=_cards(say) if costs else "",
            button=f"{sums['total_amount']} {say['pay']}" if costs and self.language == "ko" else
            f"{say['pay']} {sums['total_amount']}" if costs else say["confirm"],
            note=escape(((session["custom_text"] or {}).get("submit") or {}).get("message", "")),
        )  # fmt: skip


def return_address(session: Json) -> str:
    """Return where a paid session leads, with its id in the place marked for it."""
    address: str = session["success_url"]
    for mark in ("{CHECKOUT_SESSION_ID}", "%7BCHECKOUT_SESSION_ID%7D", "%7bCHECKOUT_SESSION_ID%7d"):
        address = address.replace(mark, session["id"])
    return address


def _sum(session: Json, language: str) -> dict[str, str]:
    return {"total_amount": escape(shown(session["amount_total"], session["currency"], language)), "language": language}


def _lines(session: Json, language: str) -> str:
    rows = []
    for line in session["_line_items"]:
        times = f" × {line['quantity']}" if line["quantity"] > 1 else ""
        amount = shown(line["amount_total"], line["currency"], language)
        rows.append(f"<li><span>{escape(line['description'])}{times}</span> <span>{escape(amount)}</span></li>")
    return "".join(rows)


def _card_fields(given: Typed, say: Words) -> str:
    pair = _input("expiry", given, say, "text", "cc-exp", "numeric") + _input(
        "cvc", given, say, "text", "cc-csc", "numeric"
    )
    number = _input("number", given, say, "text", "cc-number", "numeric")
    return f'{number}<div class="pair">{pair}</div>{_input("name", given, say, "text", "cc-name")}'


def _input(name: str, given: Typed, say: Words, kind: str, hint: str, mode: str = "", *, locked: bool = False) -> str:
    error = given.errors.get(name, "")
    wrong = f' aria-invalid="true" aria-describedby="{name}-error"' if error else ""
    below = f'<p class="error" id="{name}-error">{escape(say[error])}</p>' if error else ""
    more = (f' inputmode="{mode}"' if mode else "") + (" readonly" if locked else "")
    return (
        f'<div class="field"><label for="{name}">{escape(say[name])}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" value="{escape(given.values[name])}" '
        f'autocomplete="{hint}"{more}{wrong}>{below}</div>'
    )


def _cards(say: Words) -> str:
    rows = [_card(number, escape(say[f"card_{number[-4:]}"]), escape(say["use"])) for number in cards.ON_THE_PAGE]
    return (
        f'<section class="cards"><h2>{escape(say["choose"])}</h2><p>{escape(say["choose_hint"])}</p>'
        f"<ul>{''.join(rows)}</ul></section>"
    )


def _card(number: str, what: str, use: str) -> str:
    return (
        f'<li><span><strong>{what}</strong><span class="digits">{cards.spaced(number)}</span></span>'
        f'<button class="quiet" name="fill" value="{number}" aria-label="{use}: {what}">{use}</button></li>'
    )


def _notice(session: Json, name: str, say: Words, status: int = 200) -> Answer:
    address = return_address(session) if name == "complete" else session.get("cancel_url")
    label = say["onward"] if name == "complete" else say["back"]
    link = f'<p><a class="button" href="{escape(address)}">{escape(label)}</a></p>' if address else ""
    heading, text = escape(say[f"{name}_title"]), escape(say[f"{name}_text"])
    language = "ko" if say["back"] == words("ko")["back"] else "en"
    return _render("notice", say, {}, status=status, heading=heading, text=text, link=link, language=language)


def _render(name: str, say: Words, session: Json, *, status: int = 200, **parts: str) -> Answer:
    escaped = {key: escape(value) for key, value in say.items()}
    back = session.get("cancel_url")
    link = f'<a class="back" href="{escape(back)}">← {escaped["back"]}</a>' if back else ""
    inner = Template((FOLDER / f"{name}.html").read_text()).substitute({**escaped, **parts})
    body = Template((FOLDER / "base.html").read_text()).substitute(
        {**escaped, **parts, "inner": inner, "back_link": link}
    )
    return Answer(status, body, _headers(session))


def _headers(session: Json) -> dict[str, str]:
    places = " ".join({_origin(session[name]) for name in ("success_url",) if session.get(name)})
    policy = (
        "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {places}"
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy.strip(),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _see(address: str) -> Answer:
    return Answer(303, "", {"Location": address, "Cache-Control": "no-store"})

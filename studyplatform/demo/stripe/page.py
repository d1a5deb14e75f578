"""The pages. The hosted one of a session is under /c/pay/: what is bought, the card, the bank's question, the end."""

from html import escape
from urllib.parse import parse_qsl

from studyplatform.demo.stripe import cards, checkout, dashboard, markup, setup_page, typed
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.typed import Typed
from studyplatform.demo.stripe.wire import Answer, Request
from studyplatform.demo.stripe.words import Words, words
from studyplatform.demo.stripe.world import World

START = "/c/pay/"


def respond(world: World, request: Request) -> Answer:
    """Answer a request for the page, its style or anything else outside the API."""
    if request.path == "/page.css":
        return Answer(200, (markup.FOLDER / "page.css").read_text(), {"Content-Type": "text/css; charset=utf-8"})
    if not request.path.startswith(START):
        there = setup_page if request.path.startswith(setup_page.START) else dashboard
        answer = there.respond(world, request)
        return answer or _notice({}, "missing", words(None, request.headers.get("accept-language", "")), status=404)
    identity, _, step = request.path.removeprefix(START).partition("/")
    with world.store.transaction():
        checkout.expire_due(world)
        session = world.store.get("checkout.session", identity)
        answer = Visit(world, request, session, step).answer() if session else None
    return answer or _notice({}, "missing", words(None, request.headers.get("accept-language", "")), status=404)


class Visit:
    """One look at, or one press on, the page of a session."""

    def __init__(self, world: World, request: Request, session: Json, step: str) -> None:
        self.world, self.session, self.step = world, session, step
        self.words = words(session["locale"], request.headers.get("accept-language", ""))
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
            filled = {"number": cards.spaced(self.form["fill"]), "expiry": "12/34", "cvc": "123"}
            values.values |= {**filled, "name": values.values["name"] or self.words["somebody"]}
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
            parts = {"total_amount": markup.total(self.session, self.words), "action": START + self.session["id"]}
            return markup.render("challenge", self.words, self.session, parts)
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
        if given.errors:
            given.values["cvc"] = ""
        costs = session["amount_total"] > 0
        amount = markup.total(session, say)
        parts = {
            "total_amount": amount,
            "lines": markup.lines(session, say),
            "email_field": markup.email_field(given, say, locked=bool(session["customer_email"])),
            "card_fields": markup.card_fields(given, say) if costs else f'<p class="free">{escape(say["free"])}</p>',
            "cards": markup.test_cards(say) if costs else "",
            "button": escape(say["pay_amount"]).replace("{amount}", amount) if costs else escape(say["confirm"]),
            "note": escape((session["custom_text"]["submit"] or {}).get("message", "")),
        }
        return markup.render("pay", say, session, parts, status)


def return_address(session: Json) -> str:
    """Return where a paid session leads, with its id in the place marked for it."""
    address: str = session["success_url"]
    for mark in ("{CHECKOUT_SESSION_ID}", "%7BCHECKOUT_SESSION_ID%7D", "%7bCHECKOUT_SESSION_ID%7d"):
        address = address.replace(mark, session["id"])
    return address


def _notice(session: Json, name: str, say: Words, status: int = 200) -> Answer:
    address = return_address(session) if name == "complete" else session.get("cancel_url")
    label = escape(say["onward"] if name == "complete" else say["back"])
    link = f'<p><a class="button" href="{escape(address)}">{label}</a></p>' if address else ""
    parts = {"heading": escape(say[f"{name}_title"]), "text": escape(say[f"{name}_text"]), "link": link}
    return markup.render("notice", say, {}, parts, status)


def _see(address: str) -> Answer:
    return Answer(303, "", {"Location": address, "Cache-Control": "no-store"})

"""The HTML of the hosted page: pieces that depend on the session and on what was typed, and the page around them."""

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from studyplatform.demo.stripe import cards
from studyplatform.demo.stripe.currencies import shown
from studyplatform.demo.stripe.storage import Json
from studyplatform.demo.stripe.typed import Typed
from studyplatform.demo.stripe.wire import Answer
from studyplatform.demo.stripe.words import Words

FOLDER = Path(__file__).parent / "templates"


def render(name: str, say: Words, session: Json, parts: dict[str, str], status: int = 200) -> Answer:
    """Return a page made of a template, the words of a language and pieces that are HTML already."""
    values = {key: escape(value) for key, value in say.items()} | parts
    back = session.get("cancel_url")
    values["back_link"] = f'<a class="back" href="{escape(back)}">← {values["back"]}</a>' if back else ""
    values["inner"] = _template(f"{name}.html").substitute(values)
    return Answer(status, _template("base.html").substitute(values), _headers(session))


def total(session: Json, say: Words) -> str:
    """Return what is to be paid, as a person writes it."""
    return escape(shown(session["amount_total"], session["currency"], say["language"]))


def lines(session: Json, say: Words) -> str:
    """Return what is bought, line by line."""
    return "".join(_line(line, say) for line in session["_line_items"])


def _line(line: Json, say: Words) -> str:
    times = f" × {line['quantity']}" if line["quantity"] > 1 else ""
    amount = shown(line["amount_total"], line["currency"], say["language"])
    return f"<li><span>{escape(line['description'])}{times}</span> <span>{escape(amount)}</span></li>"


def email_field(given: Typed, say: Words, *, locked: bool) -> str:
    """Return the field of the e-mail address, which cannot be changed when the session knows it."""
    return _input("email", given, say, "email", ' autocomplete="email"' + (" readonly" if locked else ""))


def card_fields(given: Typed, say: Words) -> str:
    """Return the fields of a card."""
    number, expiry, cvc = (
        _input(name, given, say, "text", f' autocomplete="{hint}" inputmode="numeric"')
        for name, hint in (("number", "cc-number"), ("expiry", "cc-exp"), ("cvc", "cc-csc"))
    )
    name = _input("name", given, say, "text", ' autocomplete="cc-name"')
    return f'{number}<div class="pair">{expiry}{cvc}</div>{name}'


def _input(name: str, given: Typed, say: Words, kind: str, more: str) -> str:
    error = given.errors.get(name, "")
    below = f'<p class="error" id="{name}-error">{escape(say[error])}</p>' if error else ""
    wrong = f' aria-invalid="true" aria-describedby="{name}-error"' if error else ""
    first = " autofocus" if name in list(given.errors)[:1] else ""
    return (
        f'<div class="field"><label for="{name}">{escape(say[name])}</label><input id="{name}" name="{name}" '
        f'type="{kind}" value="{escape(given.values[name])}"{more}{wrong}{first}>{below}</div>'
    )


def field(
    name: str, label: str, value: str, wrong: dict[str, str], say: Words, kind: str, *, first: bool = False
) -> str:
    """Return one field of the page behind an account link."""
    below, marks = _below(name, wrong, say, first=first)
    numeric = ' inputmode="numeric"' if name == "bank" else ""
    return (
        f'<div class="field"><label for="{name}">{escape(label)}</label><input id="{name}" name="{name}" '
        f'type="{kind}" value="{escape(value)}"{numeric}{marks}>{below}</div>'
    )


def tick(name: str, label: str, wrong: dict[str, str], say: Words, *, ticked: bool, first: bool = False) -> str:
    """Return one box to tick."""
    below, marks = _below(name, wrong, say, first=first)
    mark = " checked" if ticked else ""
    return (
        f'<div class="field"><label class="tick"><input id="{name}" name="{name}" type="checkbox" value="yes"{mark}'
        f"{marks}> {escape(label)}</label>{below}</div>"
    )


def _below(name: str, wrong: dict[str, str], say: Words, *, first: bool) -> tuple[str, str]:
    if name not in wrong:
        return "", ""
    marks = f' aria-invalid="true" aria-describedby="{name}-error"' + (" autofocus" if first else "")
    return f'<p class="error" id="{name}-error">{escape(say[wrong[name]])}</p>', marks


def people(say: Words) -> str:
    """Return the list of sample people, each with a button that fills the form in."""
    rows = "".join(
        f"<li><span><strong>{escape(say[f'person_{kind}'])}</strong></span>"
        f'<button class="quiet" name="fill" value="{kind}" aria-label="{escape(say["use"])}: '
        f'{escape(say[f"person_{kind}"])}">{escape(say["use"])}</button></li>'
        for kind in ("fine", "document", "back")
    )
    heading = f"<h2>{escape(say['people'])}</h2><p>{escape(say['people_hint'])}</p>"
    return f'<section class="cards">{heading}<ul>{rows}</ul></section>'


def test_cards(say: Words) -> str:
    """Return the list of test cards, each with a button that fills it in."""
    rows = "".join(
        _card(number, escape(say[f"card_{number[-4:]}"]), escape(say["use"])) for number in cards.ON_THE_PAGE
    )
    heading = f"<h2>{escape(say['choose'])}</h2><p>{escape(say['choose_hint'])}</p>"
    return f'<section class="cards">{heading}<ul>{rows}</ul></section>'


def _card(number: str, what: str, use: str) -> str:
    return (
        f'<li><span><strong>{what}</strong><span class="digits">{cards.spaced(number)}</span></span>'
        f'<button class="quiet" name="fill" value="{number}" aria-label="{use}: {what}">{use}</button></li>'
    )


def _template(name: str) -> Template:
    return Template((FOLDER / name).read_text())


def _headers(session: Json) -> dict[str, str]:
    leads_to = urlsplit(session["success_url"]) if session.get("success_url") else None
    place = f" {leads_to.scheme}://{leads_to.netloc}" if leads_to else ""  # where the form's answer redirects to
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self'{place}",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }

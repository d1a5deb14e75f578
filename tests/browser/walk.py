"""A person walking through the product: what they press, type and see, in the words of their language."""

import re
from typing import Any

from django.utils import translation
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, expect

from studyplatform.kit import queue
from studyplatform.mail.models import Letter

REFUSED_FORM = "status of 422"  # a form with a sentence beside its field is no failure
TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return "";
  const beyond = (element) => element.getBoundingClientRect().right > root.clientWidth;
  const found = [...document.querySelectorAll("body *")].filter(beyond).slice(-3);
  return found.map((element) => element.outerHTML.slice(0, 90)).join(" | ");
}"""
LANGUAGE = {"ko": "ko-KR", "en": "en-GB"}
ZONE = {"ko": "Asia/Seoul", "en": "Europe/London"}


class Walker:
    """One browser of one person. Sentences are given in English and looked for in the person's language."""

    def __init__(self, context: BrowserContext, language: str) -> None:
        self.page, self.language = context.new_page(), language
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, line: ConsoleMessage) -> None:
        if line.type == "error" and REFUSED_FORM not in line.text:
            self.complaints.append(line.text)

    def say(self, sentence: str, **values: Any) -> str:
        """Return a sentence of the product in the person's language."""
        with translation.override(self.language):
            return translation.gettext(sentence) % values if values else translation.gettext(sentence)

    def run(self, number: int) -> str:
        """Return what a run of a study is called, in the person's language."""
        return self.say("cohort %(number)s", number=number)

    def say_many(self, one: str, many: str, n: int) -> str:
        """Return a sentence about so many things, in the person's language."""
        with translation.override(self.language):
            return translation.ngettext(one, many, n) % {"n": n}

    def go(self, address: str) -> "Walker":
        answer = self.page.goto(address)
        assert answer is None or answer.ok, f"{address}: {answer.status}"
        return self

    def press(self, sentence: str, **values: Any) -> "Walker":
        """Press the first button or link with these words that can be seen."""
        words = self.say(sentence, **values)
        self._first(words).click()
        self.page.wait_for_load_state()
        return self

    def _first(self, words: str) -> Locator:
        button = self.page.get_by_role("button", name=words, exact=True)
        link = self.page.get_by_role("link", name=words, exact=True)
        return button.or_(link).filter(visible=True).first

    def fill(self, **fields: Any) -> "Walker":
        """Fill fields by their name; True ticks, everything else is typed or chosen."""
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]").filter(visible=True)
            kind = field.first.evaluate("field => field.type || field.tagName")
            if value is True:
                field.first.check()
            elif kind == "radio":
                self.page.locator(f"[name={name}][value='{value}']").check()
            elif kind.startswith("select"):
                field.first.select_option(str(value))
            else:
                field.first.fill(str(value))
        return self

    def sees(self, sentence: str, **values: Any) -> "Walker":
        """Assert that the sentence stands on the page, for eyes."""
        words = self.say(sentence, **values)
        expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible()
        return self

    def sees_text(self, text: str) -> "Walker":
        """Assert that words of people, amounts and the like stand on the page."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()
        return self

    def sees_not(self, text: str) -> "Walker":
        assert text not in self.page.locator("body").inner_text()
        return self

    def pay(self, card: str) -> "Walker":
        """On the hosted page: choose a test card and press the button."""
        self.page.locator(f"button[name=fill][value='{card}']").click()
        self.page.fill("[name=name]", "OH YUNA")
        self.page.locator("button.pay").click()
        self.page.wait_for_load_state()
        return self

    def sign_up(self, address: str, pen_name: str) -> "Walker":
        """Make an account, with the code from the letter, and go on to where one was."""
        if "/signup/" not in self.page.url:
            self.go("/accounts/signup/")
        self.fill(pen_name=pen_name, email=address, password1="a-long-demo-password", terms=True, privacy=True)
        self.press("Send me the code").sees("Type the code")
        return self.fill(code=self.code_from_the_letter(address)).press("Go on")

    def code_from_the_letter(self, address: str) -> str:
        """Return the digits of the newest letter to an address."""
        letter = Letter.objects.filter(address=address).latest("created_at")
        found = re.search(r"\b(\d{6})\b", letter.text)
        assert found, letter.text
        return found[1]

    def well(self) -> None:
        """Assert that the browser complained of nothing on the way, and that the page fits its width."""
        assert not self.complaints, self.complaints
        too_wide = self.page.evaluate(TOO_WIDE)
        assert not too_wide, f"{self.page.url} scrolls sideways because of {too_wide}"


def let_work(*names: str) -> None:
    """Let the queues do what is due, as the worker would."""
    for name in names:
        queue.drain(name)

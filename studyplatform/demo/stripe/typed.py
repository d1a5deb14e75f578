"""What somebody typed into the hosted page, checked field by field."""

import re
import time
from dataclasses import dataclass, field

from studyplatform.demo.stripe.cards import digits, plausible
from studyplatform.demo.stripe.checkout import Payer

FIELDS = ("email", "number", "expiry", "cvc", "name")


@dataclass
class Typed:
    """Values by field, and the key of a sentence for each field that is not right."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def payer(self) -> Payer:
        """Return what the payment needs; call only when there is no error."""
        month, year = _expiry(self.values["expiry"]) or (1, 2000)
        number = digits(self.values["number"])
        return Payer(number, self.values["email"], self.values["name"], (month, year))


def read(form: dict[str, str]) -> Typed:
    """Return what was typed, unchecked."""
    return Typed({name: str(form.get(name, "")).strip() for name in FIELDS})


def check(typed: Typed, *, card: bool) -> Typed:
    """Note what is wrong with each field; without a card only the e-mail counts."""
    values, errors = typed.values, typed.errors
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", values["email"]):
        errors["email"] = "bad_email"
    if card:
        _check_card(values, errors)
    return typed


def _check_card(values: dict[str, str], errors: dict[str, str]) -> None:
    if not plausible(digits(values["number"])):
        errors["number"] = "bad_number"
    expiry = _expiry(values["expiry"])
    today = time.gmtime()
    if not expiry:
        errors["expiry"] = "bad_expiry"
    elif (expiry[1], expiry[0]) < (today.tm_year, today.tm_mon):
        errors["expiry"] = "past_expiry"
    if not re.fullmatch(r"[0-9]{3,4}", values["cvc"]):
        errors["cvc"] = "bad_cvc"
    if not values["name"]:
        errors["name"] = "bad_name"


def _expiry(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(0?[1-9]|1[0-2])\s*/?\s*((?:20)?[0-9]{2})", text)
    return (int(found[1]), 2000 + int(found[2]) % 100) if found else None

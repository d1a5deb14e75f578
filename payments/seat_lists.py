"""A host's list of people who paid elsewhere: e-mail, name, amount, and, if they like, subgroup and reference."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from studyplatform.kit import csv_import, money
from studyplatform.kit.errors import Refused

LARGEST = 200_000  # bytes, or characters
MOST = 500  # people at once
NAMES = {
    "email": ("email", "e-mail", "이메일", "메일"),
    "name": ("name", "이름", "성함"),
    "amount": ("amount", "paid", "금액", "결제금액", "낸금액"),
    "subgroup": ("subgroup", "group", "소모임", "조"),
    "reference": ("reference", "id", "번호", "주문번호", "참조"),
}


@dataclass(frozen=True)
class Person:
    """One line: its number, who, what they paid (minor units), where to, and how the host tells it apart."""

    number: int
    email: str
    name: str
    amount: int
    subgroup: str
    reference: str


@dataclass(frozen=True)
class Wrong:
    """A line that names no person, and why."""

    number: int
    email: str
    name: str
    sentence: str


def read(text: str, currency: str) -> list[Person | Wrong]:
    """Return the lines of a list as people, or as what is wrong with them. Raises Refused when it is no list."""
    first = text.partition("\n")[0]
    rows = csv_import.rows(text, max(csv_import.MARKS, key=first.count))
    columns = _columns(rows[0]) if rows else {}
    if not {"email", "name", "amount"} <= columns.keys():
        raise Refused(_("The first line has to name the columns email, name and amount."), field="file")
    told = [(number, row) for number, row in enumerate(rows[1:], 2) if any(row)]
    if not told:
        raise Refused(_("Nobody stands in this list."), field="file")
    if len(told) > MOST:
        raise Refused(_("At most %(most)s people at once. Give us part of the list.") % {"most": MOST}, field="file")
    return list(_people(told, columns, currency))


def _columns(row: list[str]) -> dict[str, int]:
    heads = csv_import.heads(row)
    found = {name: next((heads.index(word) for word in words if word in heads), None) for name, words in NAMES.items()}
    return {name: place for name, place in found.items() if place is not None}


def _people(rows: list[tuple[int, list[str]]], columns: dict[str, int], currency: str) -> Iterator[Person | Wrong]:
    seen: set[str] = set()
    for number, row in rows:
        cells = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        email, name, amount = cells["email"].lower(), cells["name"][:40], _amount(cells["amount"], currency)
        reference = cells.get("reference", "")[:60] or email
        sentence = _trouble(email, name, amount) or _twice(email, reference, seen)
        seen |= {email, reference}
        if sentence:
            yield Wrong(number, email[:254], name, sentence)
        else:
            yield Person(number, email, name, amount, cells.get("subgroup", ""), reference)


def _amount(text: str, currency: str) -> int:
    """Return minor units; 0 for what is no amount."""
    try:
        return money.parse(text, currency)
    except (ValueError, ArithmeticError):
        return 0


def _trouble(email: str, name: str, amount: int) -> str:
    try:
        validate_email(email)
    except ValidationError:
        return _("This is no e-mail address.")
    if not name or "@" in name:
        return _("The name is missing.")
    return "" if 0 < amount < 2**31 else _("This is no amount.")


def _twice(email: str, reference: str, seen: set[str]) -> str:
    if email in seen:
        return _("This address stands in the list twice.")
    return _("This reference stands in the list twice.") if reference in seen else ""

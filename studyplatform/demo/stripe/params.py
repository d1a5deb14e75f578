"""What a parameter may be. A schema is a dict of names to kinds; `read` turns strings into values or refuses."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol
from urllib.parse import urlsplit

from studyplatform.demo.stripe.errors import invalid, missing, not_here, unknown


class Kind(Protocol):
    """One type of parameter."""

    def read(self, value: Any, name: str) -> Any:
        """Return the value meant by what was sent. Raises ApiError."""


@dataclass(frozen=True)
class Required:
    """A parameter that has to be there."""

    kind: Kind

    def read(self, value: Any, name: str) -> Any:
        """Read as the kind it wraps."""
        return self.kind.read(value, name)


Schema = dict[str, Kind]


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {value}", name)
    if not value:
        raise invalid(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty "
            "value.", name, "parameter_invalid_empty",
        )  # fmt: skip
    return value


@dataclass(frozen=True)
class Text:
    """A string that is not empty."""

    longest: int = 5000

    def read(self, value: Any, name: str) -> str:
        """Return the string."""
        text = _string(value, name)
        if len(text) > self.longest:
            message = f"Invalid string: {text[:20]}...; must be at most {self.longest} characters"
            raise invalid(message, name, "parameter_invalid_string")
        return text


@dataclass(frozen=True)
class Url:
    """A full address of the web; Checkout's templates may stand in it."""

    def read(self, value: Any, name: str) -> str:
        """Return the address."""
        text = _string(value, name)
        try:
            parts = urlsplit(text)
        except ValueError:
            raise invalid("Not a valid URL", name, "url_invalid") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or len(text) > 5000:
            raise invalid("Not a valid URL", name, "url_invalid")
        return text


@dataclass(frozen=True)
class Email:
    """An e-mail address."""

    def read(self, value: Any, name: str) -> str:
        """Return the address."""
        text = _string(value, name)
        if len(text) > 800 or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
            raise invalid(f"Invalid email address: {text}", name, "email_invalid")
        return text


@dataclass(frozen=True)
class Integer:
    """A whole number between two bounds, both included."""

    least: int = 0
    most: int = 10**15

    def read(self, value: Any, name: str) -> int:
        """Return the number."""
        text = _string(value, name)
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise invalid(f"Invalid integer: {text}", name, "parameter_invalid_integer")
        number = int(text)
        if number < self.least:
            what = "Invalid positive integer" if self.least == 1 else "Invalid non-negative integer"
            raise invalid(
                what if self.least in (0, 1) else f"Invalid integer: {text}", name, "parameter_invalid_integer"
            )
        if number > self.most:
            raise invalid(f"This value must be less than or equal to {self.most}.", name, "parameter_invalid_integer")
        return number


@dataclass(frozen=True)
class Number:
    """A decimal string, such as a price in fractions of the smallest unit."""

    def read(self, value: Any, name: str) -> Decimal:
        """Return the number."""
        text = _string(value, name)
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise invalid(f"Invalid decimal: {text}", name) from None
        if not number.is_finite() or number < 0:
            raise invalid(f"Invalid decimal: {text}", name)
        return number


@dataclass(frozen=True)
class Boolean:
    """true or false."""

    def read(self, value: Any, name: str) -> bool:
        """Return the truth."""
        text = _string(value, name)
        if text not in ("true", "false", "1", "0"):
            raise invalid(f"Invalid boolean: {text}", name)
        return text in ("true", "1")


@dataclass(frozen=True)
class Choice:
    """One word of a few."""

    words: tuple[str, ...]

    def read(self, value: Any, name: str) -> str:
        """Return the word."""
        text = _string(value, name)
        if text not in self.words:
            *first, last = self.words
            listed = f"one of {', '.join(first)}, or {last}" if len(first) > 1 else " or ".join(self.words)
            raise invalid(f"Invalid {name}: must be {listed}", name)
        return text


@dataclass(frozen=True)
class Many:
    """A list."""

    kind: Kind
    most: int = 100

    def read(self, value: Any, name: str) -> list[Any]:
        """Return the list."""
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise invalid("Invalid array", name)
        if len(value) > self.most:
            raise invalid(f"Array exceeded max length of {self.most}", name, "array_too_long")
        ordered = sorted(value.items(), key=lambda pair: int(pair[0]))
        return [self.kind.read(item, f"{name}[{number}]") for number, (_, item) in enumerate(ordered)]


@dataclass(frozen=True)
class Hash:
    """Parameters inside a parameter."""

    schema: Schema

    def read(self, value: Any, name: str) -> dict[str, Any]:
        """Return what is inside."""
        if not isinstance(value, dict):
            raise invalid("Invalid object", name)
        return read(self.schema, value, name)


@dataclass(frozen=True)
class NotHere:
    """A parameter of the official API for something the sandbox does not do."""

    def read(self, value: Any, name: str) -> Any:
        """Refuse it, so that nobody relies on a thing that does not happen."""
        raise not_here(name)


def absent(*names: str) -> Schema:
    """Return the part of a schema that refuses these names."""
    return dict.fromkeys(names, NotHere())


@dataclass(frozen=True)
class Either:
    """The first kind when a plain value is sent, the second when a hash is (`created=1` and `created[gte]=1`)."""

    plain: Kind
    nested: Kind

    def read(self, value: Any, name: str) -> Any:
        """Return what either kind reads."""
        return (self.nested if isinstance(value, dict) else self.plain).read(value, name)


@dataclass(frozen=True)
class Metadata:
    """Up to 50 short strings under names of one's own; an empty one is left out."""

    def read(self, value: Any, name: str) -> dict[str, str]:
        """Return the pairs."""
        if value == "":
            return {}
        if not isinstance(value, dict) or any(isinstance(item, dict) for item in value.values()):
            raise invalid("Invalid object: metadata is a set of key-value pairs of strings", name)
        kept = {key: item for key, item in value.items() if item != ""}
        if len(kept) > 50:
            raise invalid(f"Metadata can have up to 50 keys, but you passed in {len(kept)} keys.", name)
        for key, item in kept.items():
            _check_pair(key, item, name)
        return kept


def _check_pair(key: str, value: str, name: str) -> None:
    if len(key) > 40:
        raise invalid(
            f"Metadata keys can have up to 40 characters, but you passed in a key that is {len(key)} characters. "
            f"Invalid key: {key}", name,
        )  # fmt: skip
    if len(value) > 500:
        raise invalid(
            f"Metadata values can have up to 500 characters, but you passed in a value that is {len(value)} "
            f"characters. Invalid value: {value}", f"{name}[{key}]",
        )  # fmt: skip


def read(schema: Schema, form: dict[str, Any], inside: str = "") -> dict[str, Any]:
    """Return the values of a form by a schema: unknown names refused first, then missing, then wrong ones."""

    def full(name: str) -> str:
        return f"{inside}[{name}]" if inside else name

    strange = [full(name) for name in form if name not in schema]
    if strange:
        raise unknown(strange)
    for name, kind in schema.items():
        if isinstance(kind, Required) and name not in form:
            raise missing(full(name))
    return {name: schema[name].read(value, full(name)) for name, value in form.items()}

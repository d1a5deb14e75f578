"""Which rails a country is offered: decided before anybody is sent anywhere (payments/rails.toml)."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language

from payments.models import Payee
from studyplatform.kit.money import CURRENCIES

TABLE = tomllib.loads(Path(__file__).with_name("rails.toml").read_text())
BANK_FILE, STRIPE = Payee.Rail.BANK_FILE, Payee.Rail.STRIPE


@dataclass(frozen=True)
class Way:
    """One way of paying somebody in a country: the currencies it takes, and Stripe's agreement where there is one."""

    rail: str
    currencies: tuple[str, ...]
    agreement: str = ""  # full, recipient


def offered(country: str) -> list[Way]:
    """Return the ways a person living in the country can be paid, the simplest for them first; never none."""
    bank = TABLE["bank_file"].get(country)
    agreement = next((kind for kind in ("full", "recipient") if country in TABLE["stripe"][kind]), "")
    ways = [Way(STRIPE, tuple(TABLE["stripe"]["currencies"]), agreement)] if agreement else []
    if bank or not ways:
        ways.append(Way(BANK_FILE, tuple(bank or CURRENCIES)))
    return ways


def way(country: str, rail: str) -> Way | None:
    """Return how a rail serves a country, or None when it does not."""
    return next((one for one in offered(country) if one.rail == rail), None)


def countries() -> list[tuple[str, str]]:
    """Return every country with its name in the reader's language, by name."""
    names = Locale(get_language() or "en").territories
    return sorted(((code, name) for code, name in names.items() if _is_country(code)), key=lambda pair: pair[1])


def country_of(zone: str) -> str:
    """Return the country a time zone lies in; none for UTC."""
    newest = get_global("zone_aliases").get(zone, zone)
    place = str(get_global("zone_territories").get(newest, ""))
    return place if _is_country(place) else ""


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES


# Of CLDR: the unions, what is unknown, what has no people.
NO_COUNTRIES = {
    "EU",
    "EZ",
    "UN",
    "QO",
    "ZZ",
    "XA",
    "XB",
    "AQ",
    "BV",
    "HM",
    "TF",
    "AC",
    "CP",
    "CQ",
    "DG",
    "EA",
    "IC",
    "TA",
}

"""The few people of a history: a host paid through Stripe, a small cohort in dollars, five who want its two seats."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from payments import gateway
from payments.models import Payee
from studyplatform.accounts.models import User
from tests.payments.buying import AT_ONCE, LocalStripe
from tests.people import make_cohort, make_person, make_study

NAMES = ("ana", "ben", "cho", "dal", "eun")
SEATS = 2
PRICE = 12_000  # cents


@dataclass
class World:
    """What every history begins with; each leaves the database as it found it."""

    stripe: LocalStripe
    host: User
    cohort: Any
    people: list[User]
    account: str
    keys: Any = field(default_factory=itertools.count)  # intents that must be told apart across histories


def make_world(stripe: LocalStripe) -> World:
    """Make the people, the cohort, and the host's account at Stripe."""
    host = make_person("host", "정은혜")
    study = make_study(host)
    cohort = make_cohort(study, currency="USD", amount=PRICE, capacity=SEATS, subgroups=1, weeks=2)
    stripe.take(900_000, "usd", AT_ONCE)  # more than any history pays out before its buyers' money is available
    account = gateway.create_account(key="histories", payee="0", country="US", agreement="full", email=host.email).id
    stripe.onboard(account)
    Payee.objects.create(
        person=host, country="US", currency="USD", rail="stripe", standing="enabled", enabled=True,
        stripe_account=account,
    )  # fmt: skip
    return World(stripe, host, cohort, [make_person(name, name) for name in NAMES], account)

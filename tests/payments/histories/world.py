"""The few people of a history: a host paid through Stripe, a small cohort in dollars, five who want its two seats."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from payments import gateway
from payments.models import Payee
from studyplatform.accounts.models import User
from tests.payments.buying import LocalStripe
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
    _put_money_at_hand(stripe)
    account = gateway.create_account(key="histories", payee="0", country="US", agreement="full", email=host.email).id
    stripe.onboard(account)
    Payee.objects.create(
        person=host, country="US", currency="USD", rail="stripe", standing="enabled", enabled=True,
        stripe_account=account,
    )  # fmt: skip
    return World(stripe, host, cohort, [make_person(name, name) for name in NAMES], account)


def _put_money_at_hand(stripe: LocalStripe) -> None:
    """Have the platform hold more at Stripe than any history pays out before its buyers' money is available."""
    price = {"currency": "usd", "unit_amount": 900_000, "product_data": {"name": "A"}}
    params: Any = {
        "mode": "payment",
        "success_url": "https://a.example/",
        "line_items": [{"quantity": 1, "price_data": price}],
    }
    stripe.pay(stripe.api.v1.checkout.sessions.create(params=params).id, "4000000000000077")

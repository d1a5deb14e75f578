"""The few people of a history: a host paid through Stripe, a small cohort in dollars, two later ones, one in won that
takes deposits, five buyers."""

import datetime
import itertools
from dataclasses import dataclass, field
from typing import Any

from payments import gateway
from payments.models import DepositAccount, Payee
from payments.services import deposit_plans
from studyplatform.accounts.models import User
from studyplatform.kit.money import BASIS
from tests.payments.buying import AT_ONCE, LocalStripe
from tests.payments.deposits import ACCOUNT
from tests.people import make_cohort, make_person, make_study

NAMES = ("ana", "ben", "cho", "dal", "eun")
SEATS = 2
PRICE, DEARER, CHEAPER = 12_000, 15_000, 9_000  # cents
WON, IN_WON = 3, 12_000  # the cohort that takes deposits, and its price in won
AT_HAND = 900_000  # more than any history pays out before its buyers' money is available


@dataclass
class World:
    """What every history begins with; each leaves the database as it found it."""

    stripe: LocalStripe
    host: User
    cohorts: list[Any]  # the first one, later ones to move to, the one in won
    people: list[User]
    account: str
    bank: DepositAccount
    keys: Any = field(default_factory=itertools.count)  # intents that must be told apart across histories

    def held(self) -> int:
        """What Stripe says it holds for us, in cents; never so little that nothing could be paid."""
        found = self.stripe.api.v1.balance.retrieve()
        held = sum(part.amount for part in (*found.available, *found.pending) if part.currency == "usd")
        if held < AT_HAND // 2:
            self.stripe.take(AT_HAND, "usd", AT_ONCE)
            return self.held()
        return held


def make_world(stripe: LocalStripe) -> World:
    """Make the people, the cohorts, and the host's account at Stripe."""
    host = make_person("host", "정은혜")
    study = make_study(host)
    shape = {"currency": "USD", "capacity": SEATS, "subgroups": 1, "weeks": 2}
    cohorts = [make_cohort(study, amount=PRICE, **shape)]
    for weeks, amount in ((12, DEARER), (24, CHEAPER)):
        starts = cohorts[0].starts_on + datetime.timedelta(weeks=weeks)
        cohorts.append(make_cohort(study, amount=amount, starts_on=starts, **shape))
    cohorts.append(make_cohort(study, amount=IN_WON, **{**shape, "currency": "KRW"}))
    plan = deposit_plans.save(host, cohorts[WON], on=True, share=BASIS, hours=24, **ACCOUNT)
    bank = deposit_plans.confirm(host, plan.account)
    account = gateway.create_account(key="histories", payee="0", country="US", agreement="full", email=host.email).id
    stripe.onboard(account)
    Payee.objects.create(
        person=host, country="US", currency="USD", rail="stripe", standing="enabled", enabled=True,
        stripe_account=account,
    )  # fmt: skip
    return World(stripe, host, cohorts, [make_person(name, name) for name in NAMES], account, bank)

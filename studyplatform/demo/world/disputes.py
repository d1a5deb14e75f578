"""Buyers who asked their bank: one dispute was lost, one waits for the platform's answer."""

import datetime

from payments.flows import disputes
from payments.models import Dispute, Payment, PaymentLine
from studyplatform.demo.world import stripe
from studyplatform.demo.world.world import World

LOST = ("seohyeonu4", "work-1", "fraudulent")
OPEN = ("bumsoo", "work-2", "product_not_received")
ANSWERED, DECIDED = datetime.timedelta(days=2), datetime.timedelta(days=6)


def plan(world: World) -> None:
    """Write down who asks their bank when, what is answered, and what the bank says."""
    diary = world.diary
    begun = diary.at(-9, 17)
    diary.write(begun, _ask, world, *LOST)
    for moment, what in ((begun + ANSWERED, "answer"), (begun + DECIDED, "lose")):
        diary.write(moment, _decide, world, LOST[0], what)
    diary.write(diary.at(-2, 18), _ask, world, *OPEN)


def _ask(world: World, name: str, key: str, reason: str) -> None:
    stripe.stand_at(world.diary.clock.moment)
    of = {"enrollment__person": world.people[name], "enrollment__cohort": world.cohorts[key]}
    line = PaymentLine.objects.select_related("payment").get(payment__state=Payment.State.PAID, **of)
    disputes.hear(stripe.dispute(line.payment.intent or "", reason))


def _decide(world: World, name: str, what: str) -> None:
    row = Dispute.objects.get(payment__buyer=world.people[name])
    stripe.stand_at(world.diary.clock.moment)
    stripe.decide(row.reference, what)
    disputes.hear(row.reference)

"""Money that goes back: who leaves, whose card is gone by then, what a host gives, what was sent back at Stripe."""

import datetime

from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from payments import gateway
from payments.flows import refunds as sent
from payments.models import Payment, PaymentLine
from payments.services import kindness, leaving, refunds
from studyplatform.demo.world import data, routine, stripe
from studyplatform.demo.world.ids import id_of
from studyplatform.demo.world.world import World

SOON, HOUR, DAY = datetime.timedelta(minutes=10), datetime.timedelta(hours=1), datetime.timedelta(days=1)
# Who has what of which cohort (minor units) and why; whose refund is sent from the bank, under which reference.
GIVEN, WHY = ("seungmin", "work-2", 10_000), "둘째 모임에서 소리가 반쯤 끊겼어요. 그날 몫을 돌려드려요."
AT_STRIPE = ("ines", "plain-2", 2_000)
BY_HAND = (("dongwook", "work-1", -64, "송금 0391"), ("woojung", "work-3", -2, ""))  # days
TRIED_AGAIN = -3


def plan(world: World, cohort: Cohort, row: data.Data) -> None:
    """Write down who leaves a cohort; what comes back is sent at once, and the bank answers a little later."""
    for name, days, why in row.get("leaves", []):
        moment = world.diary.at(row["starts"] - days, 21)
        world.diary.write(moment, _leave, world, cohort, name, why)
        _send(world, moment + SOON)


def plan_the_rest(world: World) -> None:
    """Write down what people did about refunds by hand; one that failed was tried again, in vain."""
    diary = world.diary
    diary.write(diary.at(-2, 13), _give, world, *GIVEN)
    diary.write(diary.today - 2 * SOON, _send_at_stripe, world, *AT_STRIPE)
    diary.write(diary.at(TRIED_AGAIN, 11), _try_again, world)
    _send(world, diary.at(TRIED_AGAIN, 11, 10))
    for name, key, days, reference in BY_HAND:
        diary.write(diary.at(days, 10), _by_hand, world, name, key, reference)


def _send(world: World, moment: datetime.datetime) -> None:
    """The queue sends it, the bank answers within the hour, the queue hears of that the day after."""
    world.diary.write(moment, routine.look, world)
    world.diary.write(moment + HOUR, stripe.settle)
    world.diary.write(moment + DAY + SOON, routine.look, world)


def _leave(world: World, cohort: Cohort, name: str, why: str) -> None:
    person = world.people[name]
    place = Enrollment.objects.get(cohort=cohort, person=person, state__in=Enrollment.BELONGS)
    leaving.leave(person, place, seen=leaving.quote(place).amount, because=why)


def _give(world: World, name: str, key: str, amount: int) -> None:
    place = _line(world, name, key).enrollment
    kindness.give(world.people["host"], place, amount, reason=WHY, key=id_of(f"given:{name}"))


def _send_at_stripe(world: World, name: str, key: str, amount: int) -> None:
    """Do what an event of Stripe's does that tells of a refund nobody here asked for."""
    payment = _line(world, name, key).payment
    stripe.stand_at(world.diary.clock.moment)
    made = f"by hand:{payment.public_id}"
    sent.accept(gateway.create_refund(key=made, refund=made, intent=payment.intent, amount=amount))


def _try_again(world: World) -> None:
    for refund in refunds.not_sent_again():
        refunds.retry(refund, world.people["admin"])


def _by_hand(world: World, name: str, key: str, reference: str) -> None:
    """Take what failed to the bank; with a reference it was sent the same day."""
    admin, failed = world.people["admin"], _line(world, name, key).refunds.get()
    row = refunds.by_hand(failed, admin)
    if reference:
        refunds.sent_by_hand(row, admin, on=timezone.localdate(), reference=reference)


def _line(world: World, name: str, key: str) -> PaymentLine:
    of = {"enrollment__person": world.people[name], "enrollment__cohort": world.cohorts[key]}
    row: PaymentLine = PaymentLine.objects.get(payment__state=Payment.State.PAID, **of)
    return row

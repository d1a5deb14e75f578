"""What the clock does by itself, day after day; and the letters of days long gone."""

from django.db.models import F

from studyplatform.demo.world import stripe
from studyplatform.demo.world.world import World
from studyplatform.kit import queue
from studyplatform.mail.models import Letter

QUEUES = (
    "cohorts.drain_minimums",
    "cohorts.drain_minimum_soon",
    "cohorts.drain_finished",
    "payments.drain_called_off",
    "payments.drain_refunds",
    "payments.drain_payments",
    "payments.drain_releases",
)


def plan(world: World, since: int) -> None:
    """Write a look at every queue into each day from `since` (days, below zero) on."""
    for day in range(since, 1):
        world.diary.write(world.diary.at(day, 3), look, world)


def look(world: World) -> None:
    """Let every queue do what is due."""
    stripe.stand_at(world.diary.clock.moment)
    for name in QUEUES:
        queue.drain(name)


def post_letters() -> None:
    """Take every letter as sent when it was due: nobody wants half a year of post at once."""
    Letter.objects.filter(done_at=None).update(done_at=F("due_at"))

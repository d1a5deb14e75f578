"""Makes the world, from the first sign-up to this minute."""

from django.db import connection
from django.utils import timezone

from studyplatform.demo.world import (
    ahead,
    applications,
    bank,
    cohorts,
    companies,
    disputes,
    gifts,
    money,
    people,
    reductions,
    refunds,
    routine,
    stripe,
)
from studyplatform.demo.world.clock import standing_at
from studyplatform.demo.world.diary import Diary
from studyplatform.demo.world.ids import same_ids
from studyplatform.demo.world.world import World

BEGIN = -110  # days


def build() -> World:
    """Fill an empty database. The same world each time, its dates counted from now."""
    ahead.wait()
    with same_ids(), stripe.in_the_past(), standing_at(timezone.now()) as clock:
        _wait_for_disk(False)
        diary = Diary(clock)
        clock.moment = diary.at(BEGIN, 9)
        world = World(diary, people.arrive())
        cohorts.plan(world)
        refunds.plan_the_rest(world)
        money.plan(world)
        applications.plan(world)
        for part in (reductions, companies, bank, gifts, disputes):
            part.plan(world)
        diary.live()
        routine.look(world)
    routine.post_letters()
    _wait_for_disk(True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner learns of all these rows now, not when autovacuum comes by
    return world


def _wait_for_disk(yes: bool) -> None:
    """A world cut off half-made is made anew, so only its last commit has to be on the disk, and all before it then."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit TO {'on' if yes else 'off'}")

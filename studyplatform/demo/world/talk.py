"""What people say to each other: comments under posts, and thanks for a turn."""

import datetime
import itertools
import random
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from cohorts.models import Cohort, Enrollment, Presentation, Session
from cohorts.services import thanks
from showcase.models import Comment
from showcase.services import comments
from studyplatform.accounts.models import User
from studyplatform.demo.world import data
from studyplatform.demo.world.world import World
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused

CLOSED = datetime.timedelta(hours=26)  # after a session its turns are closed
HOUR = datetime.timedelta(hours=1)
BEFORE_ALL, IN_A_GROUP = (1, 1, 2, 2, 3), (0, 0, 1)  # how many thank for a turn


def plan_comments(world: World, name: str, out: datetime.datetime, rows: list[data.Data]) -> None:
    """Write down what is said under a post, and when after it came out. An answer names the one before by its place."""
    said: dict[int, Comment] = {}
    for place, row in enumerate(rows):
        moment = out + datetime.timedelta(days=row["after"])
        world.diary.write(moment, _comment, world, name, row, said, place)


def _comment(world: World, name: str, row: data.Data, said: dict[int, Comment], place: int) -> None:
    asked = said.get(row["answers"]) if "answers" in row else None
    said[place] = comments.write(world.people[row["author"]], world.posts[name], row["text"], answers=asked)


def plan_thanks(world: World, cohort: Cohort) -> None:
    """Write down that people thank who presented, some hours after the turns of a session are closed."""
    sentences = data.thanks()[cohort.study.language]
    deck = itertools.cycle(
        random.Random(f"thanks:{cohort.study.slug}:{cohort.number}").sample(sentences, len(sentences))
    )
    for session in cohort.sessions.all():
        world.diary.write(session.starts_at + CLOSED, _thank_all, world, session, deck)


def _thank_all(world: World, session: Session, deck: Iterator[str]) -> None:
    queue.drain("cohorts.drain_turns")
    done = Presentation.objects.filter(session=session, state=Presentation.State.DONE).order_by("position")
    for turn in done.select_related("session"):
        dice = random.Random(f"thanks:{session.public_id}:{turn.position}")
        for nth in range(dice.choice(IN_A_GROUP if session.subgroup_id else BEFORE_ALL)):
            world.diary.write(world.diary.clock.moment + nth * HOUR, _thank, turn, dice.random(), next(deck))


def _thank(turn: Presentation, chance: float, words: str) -> None:
    there: Any = Enrollment.objects.filter(cohort=turn.session.cohort_id, state__in=Enrollment.BELONGS)
    if turn.session.subgroup_id:
        there = there.filter(memberships__subgroup=turn.session.subgroup_id, memberships__until=None)
    people = list(there.exclude(pk=turn.enrollment_id).order_by("pk").values_list("person", flat=True))
    if people:
        with suppress(Refused):  # who thanked for this turn already
            thanks.give(User.objects.get(pk=people[int(chance * len(people))]), turn, words)

"""What people say to each other: comments under posts, and thanks for a turn."""

import datetime
import random
from contextlib import suppress
from typing import Any

from cohorts.models import Cohort, Enrollment, Presentation, Session
from cohorts.services import thanks
from showcase.models import Comment
from showcase.services import comments
from studyplatform.demo.world import data
from studyplatform.demo.world.world import World
from studyplatform.kit.errors import Refused

CLOSED = datetime.timedelta(hours=26)  # after a session its turns are closed
HOUR = datetime.timedelta(hours=1)
MOST_THANKS = 3


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
    for session in cohort.sessions.all():
        world.diary.write(session.starts_at + CLOSED, _thank_all, world, session)


def _thank_all(world: World, session: Session) -> None:
    done = Presentation.objects.filter(session=session, state=Presentation.State.DONE).order_by("position")
    for turn in done.select_related("enrollment__cohort__study"):
        dice = random.Random(f"thanks:{session.public_id}:{turn.position}")
        for nth, words in enumerate(dice.sample(_sentences(turn), dice.randint(1, MOST_THANKS))):
            world.diary.write(world.diary.clock.moment + nth * HOUR, _thank, turn, dice.random(), words)


def _sentences(turn: Presentation) -> list[str]:
    return data.thanks()[turn.enrollment.cohort.study.language]  # type: ignore[no-any-return]


def _thank(turn: Presentation, chance: float, words: str) -> None:
    there: Any = Enrollment.objects.filter(cohort=turn.enrollment.cohort, state__in=Enrollment.BELONGS)
    group = turn.session.subgroup
    if group:
        there = there.filter(memberships__subgroup=group, memberships__until=None)
    people = list(there.exclude(pk=turn.enrollment.pk).select_related("person").order_by("pk"))
    if people:
        with suppress(Refused):  # who thanked for this turn already
            thanks.give(people[int(chance * len(people))].person, turn, words)

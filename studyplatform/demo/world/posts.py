"""Case studies: turns taken, drafts written, published before the session. What lies ahead stays a draft."""

import datetime
from contextlib import suppress
from typing import Any

from cohorts.models import Cohort, Enrollment, Presentation, Session
from cohorts.services import presentations
from showcase.content import Content
from showcase.services import case_studies
from studyplatform.accounts.models import User
from studyplatform.demo.world import data, pictures, talk
from studyplatform.demo.world.ids import id_of
from studyplatform.demo.world.world import World
from studyplatform.kit.errors import Refused

DAY = datetime.timedelta(days=1)
CLAIMED, BEGUN, OUT = 6, 5, 4  # days before the session
QUARTER = datetime.timedelta(minutes=15)


def plan_group_turns(world: World, cohort: Cohort, turns: list[Any]) -> None:
    """Write down who takes a turn in a session of their own subgroup, a few days before it."""
    for name, week in turns:
        first = cohort.sessions.filter(subgroup=None).get(number=week)
        world.diary.write(first.starts_at - BEGUN * DAY, _claim_in_group, world, cohort, name, week)


def _claim_in_group(world: World, cohort: Cohort, name: str, week: int) -> None:
    person = world.people[name]
    theirs = cohort.sessions.filter(subgroup__memberships__enrollment__person=person, subgroup__memberships__until=None)
    presentations.claim(person, theirs.get(number=week))


def plan(world: World, cohort: Cohort, key: str) -> None:
    """Write down when each post of a cohort is claimed, begun, published, and perhaps removed."""
    sessions = {session.number: session for session in cohort.sessions.filter(subgroup=None)}
    mine = [(name, row) for name, row in data.posts().items() if row["in"] == key]
    for place, (name, row) in enumerate(mine):
        session = sessions[row["week"]]
        start = session.starts_at - place * QUARTER
        if row.get("turn", True):
            world.diary.write(start - CLAIMED * DAY, _claim, world.people[row["author"]], session)
        world.diary.write(start - BEGUN * DAY, _begin, world, cohort, name, row)
        out = start - row.get("out", OUT) * DAY
        world.diary.write(out, _publish, world, name)
        talk.plan_comments(world, name, out, row.get("comments", []))
        if "removed" in row:
            world.diary.write(start - row["removed"] * DAY, _remove, world, name)


def _claim(person: User, session: Session) -> None:
    """Take a turn; who comes late writes without one."""
    with suppress(Refused):
        presentations.claim(person, session)


def _begin(world: World, cohort: Cohort, name: str, row: data.Data) -> None:
    author = world.people[row["author"]]
    place = Enrollment.objects.get(cohort=cohort, person=author, state__in=Enrollment.BELONGS)
    turn = _turn(place, row) if row.get("turn", True) else None
    parent = world.posts[row["remix_of"]] if "remix_of" in row else None
    content = Content(**_words(row, cohort), enrollment_id=place.pk, presentation_id=turn.pk if turn else None)
    post = case_studies.start(author, content, public_id=id_of(name), parent=parent)
    world.posts[name] = pictures.put_in(post, content)


def _turn(place: Enrollment, row: data.Data) -> Presentation | None:
    return place.presentations.filter(session__number=row["week"], session__subgroup=None).first()


def _words(row: data.Data, cohort: Cohort) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("title", "summary", "html", "field")},
        "recipe": _recipe(row.get("recipe", {})),
        "language": cohort.study.language,
        "visibility": row.get("visibility", "public"),
    }


def _recipe(written: dict[str, Any]) -> dict[str, Any]:
    return {**written, "inputs": "\n\n".join(written["inputs"])} if "inputs" in written else written


def _publish(world: World, name: str) -> None:
    post = world.posts[name]
    world.posts[name] = case_studies.publish(post, post.author)


def _remove(world: World, name: str) -> None:
    case_studies.remove(world.posts[name], world.posts[name].author)

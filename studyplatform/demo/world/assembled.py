"""What the crowd writes, put together from paragraphs.toml: the n-th post of somebody is always the same one.

Nobody lived it, so no search engine is shown it: of a cohort that is over it is for readers, of one that runs for its
members alone.
"""

import datetime
import random
from typing import Any

from cohorts.models import Cohort, Enrollment, Session
from showcase.content import Content
from showcase.models import CaseStudy
from showcase.services import case_studies
from studyplatform.demo.world import crowd, data
from studyplatform.demo.world.ids import id_of
from studyplatform.demo.world.roster import Seat
from studyplatform.demo.world.world import World

POSTS = (2, 2, 2, 2, 1, 0)  # most of the crowd write two, some one, some none
BEFORE = datetime.timedelta(days=5)  # their posts come out this long before a session, and within a day


def plan(world: World, cohort: Cohort, key: str, many: list[Seat]) -> None:
    """Write down when each of the crowd publishes."""
    sessions = list(cohort.sessions.filter(subgroup=None).order_by("number"))
    for seat in many:
        dice = random.Random(f"writes:{key}:{seat.name}")
        weeks = sorted(dice.sample(sessions[1:], dice.choice(POSTS)), key=_number)
        for nth, session in enumerate(weeks):
            moment = session.starts_at - BEFORE + datetime.timedelta(minutes=dice.randrange(24 * 60))
            world.diary.write(moment, _publish, world, cohort, seat.name, f"{key}-{seat.name}-{nth}")


def _number(session: Session) -> int:
    return session.number


def _publish(world: World, cohort: Cohort, name: str, key: str) -> None:
    author = world.people[name]
    over = cohort.ends_on < world.diary.day
    place = Enrollment.objects.get(cohort=cohort, person=author, state__in=Enrollment.BELONGS)
    seen = CaseStudy.Visibility.PUBLIC if over else CaseStudy.Visibility.COHORT
    content = Content(**words(crowd.by_name(name), key), visibility=seen, kept_from_search=True, enrollment_id=place.pk)
    case_studies.publish(case_studies.start(author, content, public_id=id_of(key)), author)


def words(row: data.Data, key: str) -> dict[str, Any]:
    """Return the words of one of the crowd's posts."""
    parts, dice = data.paragraphs(), random.Random(f"words:{key}")
    before = dice.randrange(30, 120, 5)
    slots = {**row["slots"], "before": before, "after": before // 3, "n": dice.randrange(20, 90)}
    mine = parts["kinds"][row["kind"]]
    first, second = dice.choice(parts["headings"])
    begun = [dice.choice(mine["openings"]), f"<h2>{first}", dice.choice(parts["methods"]), dice.choice(mine["details"])]
    ended = [f"<h2>{second}", *(dice.choice(parts[name]) for name in ("results", "failed", "endings"))]
    return {
        "title": dice.choice(parts["titles"]).format(**slots),
        "summary": dice.choice(parts["summaries"]).format(**slots),
        "html": "".join(_block(part.format(**slots)) for part in begun + ended),
        "field": row["field"],
        "language": "ko",
        "recipe": {
            "tools": dice.choice(parts["tools"]),
            "inputs": dice.choice(parts["inputs"]).format(**slots),
            "steps": dice.choice(parts["steps"]),
        },
    }


def _block(text: str) -> str:
    return f"{text}</h2>" if text.startswith("<h2>") else f"<p>{text}</p>"

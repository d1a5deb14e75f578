"""What the crowd writes, put together from paragraphs.toml: the n-th post of somebody is always the same one.

Nobody lived it, so no search engine is shown it: of a cohort that is over it is for readers, of one that runs for its
members alone.
"""

import datetime
import random
from collections import defaultdict
from typing import Any, NamedTuple

from cohorts.models import Cohort, Session
from studyplatform.demo.world import data
from studyplatform.demo.world.roster import Seat

POSTS = (2, 2, 2, 2, 1, 0)  # most of the crowd write two, some one, some none
SHOWS = (True, False)  # every other post is presented in its author's subgroup that week
BEFORE = datetime.timedelta(days=5)  # their posts come out this long before a session, and within a day
HOURS, A_DAY = datetime.timedelta(hours=4), 6


class Piece(NamedTuple):
    """A post to be: whose, its key, and the session it is presented in if it is."""

    name: str
    key: str
    shown_in: Session | None


def pieces(cohort: Cohort, key: str, many: list[Seat]) -> dict[datetime.datetime, list[Piece]]:
    """Return what the crowd of a cohort writes, by the moment it comes out."""
    sessions = list(cohort.sessions.filter(subgroup=None).order_by("number"))
    in_groups = {
        (one.subgroup.position, one.number): one
        for one in cohort.sessions.filter(subgroup__isnull=False).select_related("subgroup")
        if one.subgroup
    }
    found: dict[datetime.datetime, list[Piece]] = defaultdict(list)
    for seat in many:
        dice = random.Random(f"writes:{key}:{seat.name}")
        weeks = sorted(dice.sample(sessions[1:], dice.choice(POSTS)), key=_number)
        for nth, session in enumerate(weeks):
            moment = session.starts_at - BEFORE + HOURS * dice.randrange(A_DAY)
            shown_in = in_groups.get((seat.group, session.number)) if dice.choice(SHOWS) else None
            found[moment].append(Piece(seat.name, f"{key}-{seat.name}-{nth}", shown_in))
    return found


def _number(session: Session) -> int:
    return session.number


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

"""The many people of a full cohort, put together from the lists in crowd.toml: the n-th is always the same one."""

import functools
import random
import string

from studyplatform.demo.world import data
from studyplatform.kit.slugs import slug_of

STEPS = {"givens": 37, "trades": 29, "towns": 31}  # each comes once before any of them comes again
NICKNAMED = 13  # one in so many goes by another name
MANY = 10
MOST_YEARS, MOST_CALLS = 30, 12


@functools.cache
def people(first: int, end: int) -> dict[str, data.Data]:
    """Return the people from the first-th to before the end-th, by name, as they are written in people.toml."""
    return {row["name"]: row for row in map(person, range(first, end))}


@functools.cache
def person(place: int) -> data.Data:
    """Return one of the crowd: who they are, and the slots of what they say."""
    lists, dice = data.crowd(), random.Random(f"crowd:{place}")
    given, trade, town = (lists[name][place * step % len(lists[name])] for name, step in STEPS.items())
    work, field, kind, task, source = trade
    full = _family(place) + given
    nicknames = lists["nicknames"] if place % NICKNAMED == 0 else []
    return {
        "name": f"{slug_of(full).replace('-', '')}{place}",
        "pen_name": dict(enumerate(nicknames)).get(place // NICKNAMED, full),
        "work": work.format(town=town),
        "field": field,
        "kind": kind,
        "can_help": dice.choice(lists["can_help"]) if place % 3 else "",
        "looking_for": dice.choice(lists["looking_for"]) if place % 4 else "",
        "slots": {
            "task": task,
            "source": source,
            "town": town,
            "years": dice.randint(2, MOST_YEARS),
            "calls": dice.randint(1, MOST_CALLS) * 5,
        },
    }


def _family(place: int) -> str:
    """A few family names are everybody's; who shares a given name has another one."""
    families: list[str] = data.crowd()["families"]
    common = [name for nth, name in enumerate(families) for _each in range(1 + 2 * MANY // (nth + 2))]
    return common[(place * 13 + place // len(data.crowd()["givens"]) * MANY) % len(common)]


def hello(row: data.Data, nth: int) -> str:
    """Return how one of the crowd introduces themselves: the nth sentence, about their own work."""
    sentences = data.crowd()["hellos"]
    said: str = sentences[nth % len(sentences)].format(**row["slots"])
    return said


def by_name(name: str) -> data.Data:
    """Return one of the crowd by the name in their address, which ends with their place."""
    return person(int(name.lstrip(string.ascii_letters)))

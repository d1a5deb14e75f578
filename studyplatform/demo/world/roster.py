"""Who joins a cohort: the people written down for it, and whoever wrote a post there without being among them."""

import random
from typing import NamedTuple

from studyplatform.demo.world import data

NOWHERE = -1
LATEST, SOONEST = 3, 2  # days: whoever has no day of their own joins this long before it begins, after it opens


class Seat(NamedTuple):
    """A person, their subgroup (0 is the first one, -1 none), and how many days before the first session they join."""

    name: str
    group: int
    days: int


def seats(cohort: data.Data) -> list[Seat]:
    """Return who joins a cohort: first the people written down, then authors, where most places are left."""
    found = [Seat(*row) for row in cohort["members"]]
    left = [group["capacity"] for group in cohort.get("group", [])]
    for seat in found:
        _take(left, seat.group)
    for name in _authors(cohort["key"], {seat.name for seat in found}):
        group = left.index(max(left)) if any(left) else NOWHERE
        _take(left, group)
        found.append(Seat(name, group, random.Random(f"{cohort['key']}:{name}").randint(LATEST, _longest(cohort))))
    return found


def _take(left: list[int], group: int) -> None:
    if group != NOWHERE:
        left[group] -= 1


def _longest(cohort: data.Data) -> int:
    return max(LATEST, int(cohort["opens"]) - SOONEST)


def _authors(key: str, known: set[str]) -> list[str]:
    """Return the authors of a cohort's posts that are not known yet, each once."""
    return list(
        dict.fromkeys(row["author"] for row in data.posts().values() if row["in"] == key and row["author"] not in known)
    )

"""Who joins a cohort: the people written down for it, whoever wrote a post there, and the crowd that fills it."""

import itertools
import random
from typing import NamedTuple

from studyplatform.demo.world import crowd, data

NOWHERE = -1
LATEST, SOONEST = 3, 2  # days: who has no day of their own joins this long before it begins, so long after it opens
FEW = 30
TOGETHER = 3  # days: so long one collects the many who join, as if they had come on one day
APART = 17  # sentences between those of one subgroup and the next


class Seat(NamedTuple):
    """A person, their subgroup (0 is the first one, -1 none), days before the first session, and their hello."""

    name: str
    group: int
    days: int
    hello: str = ""


class Places:
    """The places of a cohort's subgroups that nobody has yet."""

    def __init__(self, cohort: data.Data) -> None:
        self.groups = cohort.get("group", [])
        self.taken = [0] * len(self.groups)

    def take(self, group: int) -> int:
        """Take a place in a group; return how many were taken before."""
        if group == NOWHERE:
            return 0
        self.taken[group] += 1
        return self.taken[group] - 1

    def best(self, kind: str = "") -> int:
        """Return the group with most places left among those that suit a kind of work, or else among all."""
        left = {place: group["capacity"] - self.taken[place] for place, group in enumerate(self.groups)}
        free = [place for place, count in left.items() if count > 0]
        suited = [place for place in free if kind in self.groups[place].get("suits", [])]
        return max(suited or free, key=left.__getitem__, default=NOWHERE)


def seats(cohort: data.Data) -> tuple[list[Seat], list[Seat]]:
    """Return who joins a cohort by themselves, then the many who join with others: most of them, at a price."""
    places = Places(cohort)
    named = [Seat(name, group, days, _hello(name)) for name, group, days in cohort["members"]]
    for seat in named:
        places.take(seat.group)
    known = {seat.name for seat in named}
    writers = [_writer(cohort, name, places) for name in authors(cohort["key"]) if name not in known]
    crowd = [_one_of_many(cohort, row, places) for row in _crowd(cohort, len(named) + len(writers))]
    alone = [seat for seat in named if _has_a_way_of_their_own(cohort, seat.name)]
    return alone, [seat for seat in named if seat not in alone] + writers + crowd


def _has_a_way_of_their_own(cohort: data.Data, name: str) -> bool:
    """Tell who pays nothing, comes from a post, or has other cards."""
    return not cohort["price"] or name in cohort.get("came_from", ()) or name in cohort.get("cards", ())


def batches(many: list[Seat]) -> list[list[Seat]]:
    """Return a few seats at a time, each few of one day."""
    days = itertools.groupby(sorted(many, key=lambda seat: -seat.days), key=lambda seat: seat.days)
    together = [list(seats) for _day, seats in days]
    return [seats[first : first + FEW] for seats in together for first in range(0, len(seats), FEW)]


def _hello(name: str) -> str:
    said: str = data.people()[name].get("hello", "")
    return said


def _day(cohort: data.Data, name: str) -> int:
    day = random.Random(f"{cohort['key']}:{name}").randint(LATEST, max(LATEST, int(cohort["opens"]) - SOONEST))
    return max(LATEST, day - day % TOGETHER)


def authors(key: str) -> list[str]:
    """Return who wrote a cohort's posts, each once."""
    return list(dict.fromkeys(row["author"] for row in data.posts().values() if row["in"] == key))


def _crowd(cohort: data.Data, already: int) -> list[data.Data]:
    first, size = cohort.get("crowd_from", 0), cohort.get("size", 0)
    return list(crowd.people(first, first + max(0, size - already)).values())


def _writer(cohort: data.Data, name: str, places: Places) -> Seat:
    group = places.best()
    places.take(group)
    return Seat(name, group, _day(cohort, name), _hello(name))


def _one_of_many(cohort: data.Data, row: data.Data, places: Places) -> Seat:
    group = places.best(row["kind"])
    nth = places.take(group) + APART * group
    return Seat(row["name"], group, _day(cohort, row["name"]), crowd.hello(row, nth))

"""People who ask to lead a subgroup: one was told no, two wait for an answer, one of them for too long."""

import tomllib
from typing import Any

from cohorts.services import partner_applications, partners
from studyplatform.demo.world.data import HERE
from studyplatform.demo.world.world import World

ASKED = ("subject", "field", "slots", "words")


def plan(world: World) -> None:
    """Write into the diary when each asks, and when one is answered."""
    for row in tomllib.loads((HERE / "applications.toml").read_text())["application"]:
        world.diary.write(world.diary.at(-row["days"], 16), _ask, world, row)
        if "answered" in row:
            world.diary.write(world.diary.at(-row["answered"], 10), _decline, world, row)


def _ask(world: World, row: dict[str, Any]) -> None:
    partner_applications.apply(world.people[row["person"]], sample="", **{name: row[name] for name in ASKED})


def _decline(world: World, row: dict[str, Any]) -> None:
    partners.decline(world.people["admin"], world.people[row["person"]].partner, note=row["reason"])

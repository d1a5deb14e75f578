"""Brings the demo's tables, words and files up to date in one process: `python -m studyplatform.demo.prepare`.

With `world` it makes the world to look at instead.
"""

import logging
import sys

import django
from django.core.management import call_command

from studyplatform.demo.collecting import collect
from studyplatform.demo.kept import forget_pages


def prepare() -> None:
    """Compile translations, migrate, collect static files, move the dates to today, forget pages kept earlier."""
    call_command("catalog", "compile")
    call_command("migrate", verbosity=0)
    collect()
    from studyplatform.demo.world import shift  # its models need what django.setup() loads

    shift.catch_up()
    forget_pages("*")


def make_world() -> None:
    """Fill an empty database with people, studies and their life."""
    from studyplatform.demo.world.build import build  # its models need what django.setup() loads

    logging.disable(logging.INFO)  # half a year of requests is no news
    build()


if __name__ == "__main__":
    django.setup()
    if sys.argv[1:] == ["world"]:
        make_world()
    else:
        prepare()

"""Brings the demo's tables and words up to date in one process: `python -m studyplatform.demo.prepare`.

With `files` it collects static files instead, with `tables world` it makes the world to look at as well.
"""

import gc
import logging
import sys

import django
from django.core.management import call_command

from studyplatform.demo.collecting import collect
from studyplatform.demo.kept import forget_pages


def prepare() -> None:
    """Compile translations, migrate, move the dates to today, forget pages kept earlier."""
    call_command("catalog", "compile")
    call_command("migrate", verbosity=0)
    from studyplatform.demo.world import shift  # its models need what django.setup() loads

    shift.catch_up()
    forget_pages("*")


def make_world() -> None:
    """Fill an empty database with people, studies and their life."""
    from studyplatform.demo.world.build import build  # its models need what django.setup() loads

    logging.disable(logging.INFO)  # half a year of requests is no news
    build()


STEPS = {"tables": prepare, "files": collect, "world": make_world}

if __name__ == "__main__":
    gc.disable()  # a short life that makes much and drops little: collecting takes a third of migrating
    django.setup()
    if "world" in sys.argv:
        from studyplatform.demo.world import ahead  # its models need what django.setup() loads

        ahead.begin()
    for step in sys.argv[1:] or ["tables"]:
        STEPS[step]()

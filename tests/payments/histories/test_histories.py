"""Two hundred random histories each time; `make soak` makes ten thousand.

HISTORIES says how many, HISTORY_SEED which; the seed is printed, and changes with the day. With HISTORY_SHRINK=1 one
that breaks a law is made as short as it can be, which takes its time.
"""

import datetime
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.reporting import with_reporter
from hypothesis.stateful import run_state_machine_as_test

from payments.flows import disputes
from tests.payments.buying import LocalStripe
from tests.payments.histories.machine import History
from tests.payments.histories.world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("old_enough")]

MANY = int(os.environ.get("HISTORIES", "200"))
SEED = int(os.environ.get("HISTORY_SEED", datetime.date.today().strftime("%Y%m%d")))
SHORTEST, STEPS = 12, 30


def test_the_laws_of_money_hold(own_stripe: LocalStripe, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disputes, "LOOKED_BACK", datetime.timedelta(minutes=1))  # no further than this history
    with capsys.disabled():
        print(f"\n{MANY} histories of money, HISTORY_SEED={SEED}")
    world = make_world(own_stripe)
    machine = seed(SEED)(type("Here", (History,), {"world": world, "told": [], "broken": []}))
    calm = settings(
        max_examples=MANY,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        verbosity=Verbosity.debug,  # the reporter below hears each step
        phases=[Phase.generate, *([Phase.shrink] if os.environ.get("HISTORY_SHRINK") else [])],
        suppress_health_check=list(HealthCheck),
    )
    try:
        with with_reporter(machine.told.append):
            run_state_machine_as_test(machine, settings=calm, _min_steps=SHORTEST)
    except Exception:  # lived again, a history may end another way: what broke first is told
        why, story = machine.broken[0] if machine.broken else (None, "")
        with capsys.disabled():
            print(story)
        raise why or AssertionError("no history could be lived") from why

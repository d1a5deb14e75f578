"""The thread that acts by itself: sessions run out, money settles, buyers dispute, webhooks go out."""

import threading
import time
import traceback

from studyplatform.demo.stripe import checkout, delayed, webhooks
from studyplatform.demo.stripe.objects import payouts, refunds
from studyplatform.demo.stripe.world import World

ENDS = {"wait": refunds.settle, "fail": refunds.settle, "pay_out": payouts.settle, "arrive": payouts.settle}
DUE = "SELECT * FROM later WHERE due <= ? ORDER BY id LIMIT 1"
PAUSE = 1.0  # seconds between two looks at most


def start(world: World) -> threading.Thread:
    """Start it; it ends with the process."""
    thread = threading.Thread(target=_work, args=[world], name="background", daemon=True)
    thread.start()
    return thread


def tick(world: World, *, early: bool = False) -> None:
    """Do all that is due in the sandbox; with `early` also what would settle later."""
    with world.store.transaction():
        checkout.expire_due(world)
        while rows := world.store.rows(DUE, time.time() + (1e9 if early else 0)):
            world.store.run("DELETE FROM later WHERE id = ?", rows[0]["id"])
            _settle(world, rows[0]["object"], rows[0]["action"])


def _settle(world: World, identity: str, action: str) -> None:
    if action.startswith("dispute_"):
        checkout.complain(world, identity, action)
    elif action.startswith("money_"):
        delayed.settle(world, identity, action)
    else:
        ENDS[action](world, identity, action)


def _work(world: World) -> None:
    while True:
        world.bell.wait(_pause(world))
        world.bell.clear()
        try:
            tick(world)
            webhooks.deliver_due(world)
        except Exception:
            traceback.print_exc()
            time.sleep(PAUSE)


def _pause(world: World) -> float:
    due = webhooks.next_due(world)
    return PAUSE if due is None else min(max(due - time.time(), 0.01), PAUSE)
